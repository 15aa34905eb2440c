import type { Rule } from '../rule.ts';

/** A group of rules: the letter that their ids begin with. */
export interface Family {
  readonly letter: string;
  readonly name: string;
}

const families: readonly Family[] = [
  { letter: 'P', name: 'P: the process' },
  { letter: 'V', name: 'V: versions' },
  { letter: 'M', name: 'M: methods' },
  { letter: 'N', name: 'N: networks' },
  { letter: 'L', name: 'L: life cycles' },
  { letter: 'A', name: 'A: arguments' },
  { letter: 'H', name: 'H: hostile input' },
  { letter: 'E', name: 'E: errors' },
  { letter: 'X', name: 'X: extensions' },
  { letter: 'S', name: 'S: mode serve' },
];

export function familyOf({ id }: Rule): Family {
  const found = families.find(({ letter }) => id.startsWith(letter));
  if (found === undefined) throw new Error(`rule ${id} belongs to no family`);
  return found;
}

export function allFamilies(): readonly Family[] {
  return families;
}
