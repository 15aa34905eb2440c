import { closest } from '@boti/core';

/** A hint towards the name that was probably meant, for the options of an error. */
export function didYouMean(word: string, known: Iterable<string>): { readonly hint?: string } {
  const names = [...known];
  const best = closest(word, names);
  if (best !== undefined) {
    return { hint: `Did you mean '${best}'?` };
  }
  return names.length === 0 ? {} : { hint: `Known are: ${names.join(', ')}` };
}
