import { join, resolve } from 'node:path';
import { ExpectedError, isThere, readJsonFile } from '@boti/core';
import { z } from 'zod';

const propertySchema = z.strictObject({
  description: z.string(),
  default: z.json().optional(),
  example: z.json().optional(),
});

const cpiSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be lower-case letters, digits and _, and begin with a letter'),
  main: z.string(),
  programs: z.array(z.string()).default([]),
  properties: z.record(z.string(), propertySchema).optional(),
});

const packageSchema = z.looseObject({
  version: z.string().default('0.1.0'),
  boti: z.looseObject({ cpi: cpiSchema }),
});

/** A folder with a package.json whose `boti.cpi` says what the CPI is. docs/guides/package-a-cpi.md. */
export interface CpiProject {
  readonly dir: string;
  /** `nimbus`: the job is `nimbus_cpi`, its configuration stands under the property `nimbus`. */
  readonly name: string;
  readonly version: string;
  /** The program, absolute. */
  readonly main: string;
  /** Further programs that it starts, absolute. */
  readonly programs: readonly string[];
  /** Of the configuration, for the job's spec. */
  readonly properties: Readonly<Record<string, z.infer<typeof propertySchema>>> | undefined;
}

export async function readCpiProject(given: string): Promise<CpiProject> {
  const dir = resolve(given);
  const file = join(dir, 'package.json');
  if (!(await isThere(file))) {
    throw new ExpectedError(`'${dir}' is no CPI project: it has no package.json`, {
      hint: "Name the project's folder. 'boti cpi new NAME' makes one.",
    });
  }
  const parsed = packageSchema.safeParse(await readJsonFile(file, 'package.json'));
  if (!parsed.success) throw notDescribed(file, parsed.error);
  const { version, boti } = parsed.data;
  const { name, properties } = boti.cpi;
  const [main = '', ...programs] = [boti.cpi.main, ...boti.cpi.programs].map((path) => join(dir, path));
  for (const path of [main, ...programs]) await requireProgram(file, path);
  return { dir, name, version, main, programs, properties };
}

function notDescribed(file: string, error: z.ZodError): ExpectedError {
  const problems = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return new ExpectedError(`'${file}' does not describe a CPI: ${problems.join('; ')}`, {
    hint: 'It needs "boti": {"cpi": {"name": "mycloud", "main": "src/main.ts"}}; see docs/guides/package-a-cpi.md.',
  });
}

async function requireProgram(file: string, path: string): Promise<void> {
  if (await isThere(path)) return;
  throw new ExpectedError(`'${file}' names '${path}', which does not exist`, { hint: 'Correct boti.cpi in it.' });
}
