import { ValidationInvalidType } from '../../errors.ts';
import type { SpecReader } from './spec-reader.ts';

/** The `tags` of a deployment, a group or a runtime config: name → scalar, kept as text. */
export function parseTags(reader: SpecReader): Readonly<Record<string, string>> {
  const entries = Object.entries(reader.mapOr('tags', {})).map(([name, value]) => {
    if (value === null || typeof value === 'object') {
      throw new ValidationInvalidType(`Tag '${name}' must be a text, a number or a boolean`);
    }
    return [name, String(value)] as const;
  });
  return Object.fromEntries(entries);
}
