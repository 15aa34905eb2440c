import { ExpectedError, readJsonFile } from '@boti/core';
import type { z } from 'zod';

/** Reads a JSON configuration file. The error names every wrong key and no value: those may be secrets. */
export async function readConfig<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const result = schema.safeParse(await readJsonFile(path, 'configuration'));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `  ${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw new ExpectedError(`The configuration ${path} is not usable:\n${problems.join('\n')}`, {
    hint: 'Correct the keys named above.',
  });
}
