import type { Candidates } from './complete.ts';

/** One a line, with a summary after a TAB; `:files` alone asks the shell for paths. */
export function formatCandidates(candidates: Candidates): string {
  if (candidates === 'files') return ':files\n';
  return candidates
    .map(({ word, summary }) => (summary === undefined ? `${word}\n` : `${word}\t${summary}\n`))
    .join('');
}
