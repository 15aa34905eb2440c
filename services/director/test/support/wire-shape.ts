/**
 * A shape as the fixtures in test/wire write it: `"number|null"`, `["string"]`, `{ "name": "string", "az?": "string" }`,
 * `{ "*": "string" }` for any key, `{ "anyOf": [...] }`; `"object"` for one whose keys are the user's.
 */
export type Shape = string | readonly Shape[] | { readonly [key: string]: Shape };

/** Where a value has another shape; nothing when it fits. Where the whole is an array it must not be empty. */
export function misfits(value: unknown, shape: Shape, where = '$'): readonly string[] {
  if (typeof shape === 'string') {
    return shape.split('|').includes(kindOf(value)) ? [] : [`${where}: ${kindOf(value)} instead of ${shape}`];
  }
  if (isArray(shape)) return misfitsInArray(value, shape[0], where);
  const { anyOf } = shape;
  if (anyOf !== undefined && isArray(anyOf)) {
    const all = anyOf.map((one) => misfits(value, one, where));
    return all.some((found) => found.length === 0) ? [] : all.flat();
  }
  return misfitsInObject(value, shape, where);
}

function misfitsInArray(value: unknown, element: Shape | undefined, where: string): readonly string[] {
  if (!Array.isArray(value)) return [`${where}: ${kindOf(value)} instead of an array`];
  if (element !== undefined && value.length === 0 && where === '$') return ['empty, so that nothing can be compared'];
  if (element === undefined) return [];
  return value.flatMap((one, index) => misfits(one, element, `${where}[${index}]`));
}

function misfitsInObject(value: unknown, shape: Readonly<Record<string, Shape>>, where: string): readonly string[] {
  if (kindOf(value) !== 'object') return [`${where}: ${kindOf(value)} instead of an object`];
  const object = value as Readonly<Record<string, unknown>>;
  const known = new Map(Object.entries(shape).map(([key, inner]) => [key.replace('?', ''), inner]));
  const required = Object.keys(shape).filter((key) => !key.endsWith('?') && key !== '*');
  return [
    ...required.filter((key) => !(key in object)).map((key) => `${where}.${key}: missing`),
    ...Object.entries(object).flatMap(([key, inner]) => {
      const wanted = known.get(key) ?? known.get('*');
      return wanted === undefined ? [`${where}.${key}: not upstream's`] : misfits(inner, wanted, `${where}.${key}`);
    }),
  ];
}

const isArray = (shape: Shape): shape is readonly Shape[] => Array.isArray(shape);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
