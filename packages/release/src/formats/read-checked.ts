import { closest, ExpectedError } from '@boti/core';
import { type LoadOptions, parseYaml, toPlain, type YamlDocument } from '@boti/manifest';
import type { z } from 'zod';

/** What keys a file may have. `values`: any keys, each with such a value. */
export type Shape =
  | 'anything'
  | { readonly keys: Readonly<Record<string, Shape>>; readonly onlyLikely?: boolean }
  | { readonly items: Shape }
  | { readonly values: Shape };

export interface CheckedFile<S extends z.ZodType> {
  /** Begins errors: `Job spec`. */
  readonly what: string;
  readonly schema: S;
  readonly shape: Shape;
  readonly hint?: string;
  readonly options?: LoadOptions;
  readonly error?: new (message: string, options: { hint?: string }) => ExpectedError;
}

export interface Checked<S extends z.ZodType> {
  readonly data: z.output<S>;
  /** One for each unknown key, with file, line, column and what may be meant. */
  readonly warnings: readonly string[];
}

type Path = readonly (string | number)[];

/** Reads YAML by a schema. What is wrong is told with file, line and column. */
export function readChecked<S extends z.ZodType>(text: string, file: string, kind: CheckedFile<S>): Checked<S> {
  const document = parseYaml(text, { file, ...kind.options });
  const value = toPlain(document.value) ?? {};
  const result = kind.schema.safeParse(value);
  if (result.success)
    return { data: result.data, warnings: unknownKeys(document, { value, shape: kind.shape, path: [] }) };
  const lines = result.error.issues.map((issue) => `- ${described(document, issue)}`);
  const ErrorClass = kind.error ?? ExpectedError;
  const hint = kind.hint === undefined ? {} : { hint: kind.hint };
  throw new ErrorClass(`${kind.what} '${file}' is not valid:\n${lines.join('\n')}`, hint);
}

function described(document: YamlDocument, { path, message }: z.core.$ZodIssue): string {
  const steps = path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  return `${placeOf(document, steps)}: ${steps.join('.') || '(top)'}: ${message}`;
}

/** Of the value, or of the nearest thing around it that is there. */
function placeOf(document: YamlDocument, path: Path): string {
  const position = document.positionOf(path) ?? (path.length === 0 ? undefined : parentOf(document, path));
  return `line ${position?.line ?? 1}, column ${position?.column ?? 1}`;
}

function parentOf(document: YamlDocument, path: Path): ReturnType<YamlDocument['positionOf']> {
  const parent = path.slice(0, -1);
  return document.positionOf(parent) ?? (parent.length === 0 ? undefined : parentOf(document, parent));
}

interface Place {
  readonly value: unknown;
  readonly shape: Shape;
  readonly path: Path;
}

function unknownKeys(document: YamlDocument, { value, shape, path }: Place): readonly string[] {
  if (shape === 'anything' || typeof value !== 'object' || value === null) return [];
  if ('items' in shape) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return items.flatMap((item, at) => unknownKeys(document, { value: item, shape: shape.items, path: [...path, at] }));
  }
  if (Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const here = [...path, key];
    if ('values' in shape) return unknownKeys(document, { value: item, shape: shape.values, path: here });
    const known = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
    if (known !== undefined) return unknownKeys(document, { value: item, shape: known, path: here });
    return unknownKey(document, here, shape);
  });
}

function unknownKey(
  document: YamlDocument,
  path: Path,
  { keys, onlyLikely = false }: Extract<Shape, { readonly keys: unknown }>,
): readonly string[] {
  const guess = closest(String(path.at(-1)), Object.keys(keys));
  if (onlyLikely && guess === undefined) return [];
  const position = document.positionOf(path, { key: true });
  const where = `${document.file}, line ${position?.line ?? 1}, column ${position?.column ?? 1}`;
  return [`${where}: unknown key '${path.join('.')}'${guess === undefined ? '' : `, did you mean '${guess}'?`}`];
}
