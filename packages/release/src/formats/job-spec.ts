import { closest, ExpectedError } from '@boti/core';
import { parseYaml, toPlain, type YamlDocument } from '@boti/manifest';
import { z } from 'zod';
import { problems } from './release-manifest.ts';

const text = z.union([z.string(), z.number()]).transform(String);

const property = z
  .object({
    default: z.unknown(),
    description: z.unknown(),
    example: z.unknown(),
    examples: z.unknown(),
    type: z.unknown(),
  })
  .partial();

const provided = z.object({ name: text, type: text, properties: z.array(text).nullish() });
const consumed = z.object({ name: text, type: text, optional: z.boolean().nullish() });

/** A job's spec file; `job.MF` in its archive. */
export const jobSpecSchema = z.object({
  name: text,
  description: z.string().nullish(),
  /** File under templates/ → path under /var/vcap/jobs/NAME/. */
  templates: z
    .record(z.string(), text)
    .nullish()
    .transform((templates) => templates ?? {}),
  packages: z
    .array(text)
    .nullish()
    .transform((list) => list ?? []),
  properties: z
    .record(
      z.string(),
      property.nullable().transform((definition) => definition ?? {}),
    )
    .nullish()
    .transform((properties) => properties ?? {}),
  provides: z
    .array(provided)
    .nullish()
    .transform((list) => list ?? []),
  consumes: z
    .array(consumed)
    .nullish()
    .transform((list) => list ?? []),
  logs: z.record(z.string(), z.string()).nullish(),
});

export type JobSpec = z.output<typeof jobSpecSchema>;

export class JobSpecInvalid extends ExpectedError {}

export function parseJobSpec(yaml: string, file: string): JobSpec {
  const document = parseYaml(yaml, { file });
  const result = jobSpecSchema.safeParse(toPlain(document.value));
  if (result.success) return result.data;
  throw new JobSpecInvalid(`Job spec '${file}' is not valid:\n${problems(result.error)}`);
}

/** One warning for each top-level key that no job spec has. */
export function unknownSpecKeys(document: YamlDocument, known: readonly string[]): readonly string[] {
  const spec = toPlain(document.value);
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return [];
  return Object.keys(spec)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const place = document.positionOf([key], { key: true });
      const guess = closest(key, known);
      const where = `${document.file}, line ${place?.line ?? 1}, column ${place?.column ?? 1}`;
      return `${where}: unknown key '${key}'${guess === undefined ? '' : `, did you mean '${guess}'?`}`;
    });
}

export const jobSpecKeys = Object.keys(jobSpecSchema.shape);
