import type { DiffLine } from '@boti/director-api';

const marks = { added: '+', removed: '-' } as const;

/** `+ name: x`, `- name: y`, `  name: z`, each with its line break. */
export function formatDiff(lines: readonly DiffLine[]): readonly string[] {
  return lines.map(([line, change]) => `${change === null ? ' ' : marks[change]} ${line}\n`);
}
