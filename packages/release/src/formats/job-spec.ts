import { ExpectedError } from '@boti/core';
import { z } from 'zod';
import { type CheckedFile, readChecked } from './read-checked.ts';

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

const anything = 'anything';
const link = { name: anything, type: anything, optional: anything, properties: anything } as const;

const jobSpec: CheckedFile<typeof jobSpecSchema> = {
  what: 'Job spec',
  schema: jobSpecSchema,
  error: JobSpecInvalid,
  shape: {
    keys: {
      name: anything,
      description: anything,
      templates: anything,
      packages: anything,
      // Releases document their properties with keys of their own.
      properties: {
        values: {
          keys: { default: anything, description: anything, example: anything, examples: anything, type: anything },
          onlyLikely: true,
        },
      },
      provides: { items: { keys: link } },
      consumes: { items: { keys: link } },
      logs: anything,
    },
  },
};

export function parseJobSpec(yaml: string, file: string): JobSpec {
  return readChecked(yaml, file, jobSpec).data;
}

/** As parseJobSpec, with a warning for each unknown key. */
export function checkJobSpec(
  yaml: string,
  file: string,
): { readonly spec: JobSpec; readonly warnings: readonly string[] } {
  const { data, warnings } = readChecked(yaml, file, jobSpec);
  return { spec: data, warnings };
}
