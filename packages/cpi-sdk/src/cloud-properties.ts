import { z } from 'zod';
import { CloudError } from './cloud-error.ts';

/**
 * Schemas of what operators write for this cloud, by where it stands: `vm` in vm_types, vm_extensions and azs; `disk` in
 * disk_types; `network` in the subnets of networks; `stemcell` in stemcell.MF. With `.describe(text)` on each property
 * they print as documentation.
 */
export interface CloudPropertySchemas {
  readonly vm?: z.ZodType;
  readonly disk?: z.ZodType;
  readonly network?: z.ZodType;
  readonly stemcell?: z.ZodType;
}

/** Cloud properties as the author's type. Throws CpiError that names each wrong property and where it stands. */
export function parseCloudProperties<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '));
  throw new CloudError('CpiError', `Cloud properties of ${where} are wrong: ${problems.join('; ')}`, {
    hint: "Correct them in the cloud config; the CPI's command 'docs' tells what there is.",
  });
}

interface Place {
  readonly kind: keyof CloudPropertySchemas;
  readonly argument: number;
}

const places: Readonly<Record<string, Place>> = {
  create_stemcell: { kind: 'stemcell', argument: 1 },
  create_vm: { kind: 'vm', argument: 2 },
  create_disk: { kind: 'disk', argument: 1 },
  update_disk: { kind: 'disk', argument: 2 },
};

/** Checks the cloud properties among the arguments of a call before the cloud is asked for anything. */
export function checkCloudProperties(schemas: CloudPropertySchemas, method: string, args: readonly unknown[]): void {
  const place = places[method];
  const schema = place && schemas[place.kind];
  if (place && schema) parseCloudProperties(schema, args[place.argument], `the ${place.kind}`);
  if (method !== 'create_vm' || schemas.network === undefined) return;
  for (const [name, network] of Object.entries((args[3] ?? {}) as object)) {
    const { cloud_properties: own } = (network ?? {}) as { readonly cloud_properties?: unknown };
    parseCloudProperties(schemas.network, own, `network '${name}'`);
  }
}

const titles: Readonly<Record<keyof CloudPropertySchemas, string>> = {
  vm: 'VM types, VM extensions and AZs',
  disk: 'Disk types',
  network: 'Subnets of networks',
  stemcell: 'Stemcells',
};

/** The documentation of a CPI's properties in Markdown: its configuration, then the cloud properties by kind. */
export function propertiesMarkdown(name: string, config: z.ZodType, schemas: CloudPropertySchemas = {}): string {
  const kinds = Object.entries(titles) as [keyof CloudPropertySchemas, string][];
  const sections = kinds.flatMap(([kind, title]) => {
    const schema = schemas[kind];
    return schema === undefined ? [] : [`## Cloud properties: ${title}`, table(schema)];
  });
  return [`# CPI ${name}`, '## Configuration', table(config), ...sections, ''].join('\n\n');
}

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
}

function table(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return (json.anyOf ?? [json]).map(tableOf).join('\n\nor\n\n');
}

function tableOf(schema: JsonSchema): string {
  const rows = rowsOf(schema, '');
  if (rows.length === 0) return 'None.';
  return ['| property | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function rowsOf(schema: JsonSchema, prefix: string): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const isRequired = schema.required?.includes(key) ?? false;
    const fallback = property.default === undefined ? '' : `\`${JSON.stringify(property.default)}\``;
    const cells = [
      `\`${prefix}${key}\``,
      typeOf(property),
      isRequired ? 'required' : fallback,
      property.description ?? '',
    ];
    const row = `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
    const inner = property.items?.properties === undefined ? property : property.items;
    const step = inner === property ? '.' : '[].';
    return [row, ...rowsOf(inner, `${prefix}${key}${step}`)];
  });
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'anything' : typeOf(schema.items)}`;
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') {
    return `map to ${typeOf(schema.additionalProperties)}`;
  }
  return [schema.type ?? 'anything'].flat().join(' or ');
}
