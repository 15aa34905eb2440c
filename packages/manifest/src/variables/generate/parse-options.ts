import { closest, ExpectedError } from '@boti/core';
import type { z } from 'zod';
import { toPlain } from '../../yaml/plain.ts';
import type { YamlValue } from '../../yaml/yaml-value.ts';

/** The options of a variable definition; unknown ones are refused, with a did-you-mean. */
export function parseOptions<T extends z.ZodObject>(schema: T, options: YamlValue): z.output<T> {
  const result = schema.safeParse(toPlain(options) ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    if (issue.code !== 'unrecognized_keys') return `option '${issue.path.join('.') || 'options'}': ${issue.message}`;
    return issue.keys.map((key) => unknownOption(key, Object.keys(schema.shape))).join('; ');
  });
  throw new ExpectedError(problems.join('; '));
}

function unknownOption(key: string, known: readonly string[]): string {
  const guess = closest(key, known);
  return `unsupported parameter '${key}'${guess === undefined ? '' : `; did you mean '${guess}'?`}`;
}
