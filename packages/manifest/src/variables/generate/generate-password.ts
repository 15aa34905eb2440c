import { randomInt } from 'node:crypto';
import { z } from 'zod';
import type { YamlValue } from '../../yaml/yaml-value.ts';
import { parseOptions } from './parse-options.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
const defaultLength = 20;
const schema = z.strictObject({ length: z.int().min(0, 'cannot be negative').nullish() });

/** 20 letters and digits, or as many as `length` says. */
export function generatePassword(options: YamlValue): string {
  const { length } = parseOptions(schema, options);
  const count = length == null || length === 0 ? defaultLength : length;
  return Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join('');
}
