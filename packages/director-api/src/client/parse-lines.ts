import { messageOf } from '@boti/core';
import type { z } from 'zod';
import { DirectorReplyInvalid } from './errors.ts';

/** Newline-delimited JSON, every line of the same shape. */
export function parseLines<T>(text: string, schema: z.ZodType<T>): T[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      try {
        return schema.parse(JSON.parse(line));
      } catch (cause) {
        throw new DirectorReplyInvalid(`Line '${line.slice(0, 200)}' is not as expected: ${messageOf(cause)}`, {
          cause,
        });
      }
    });
}
