import { within } from '../action-error.ts';
import { parseSpec } from '../apply/spec-store.ts';
import type { Action, Deps } from './action.ts';

export function prepare({ applier }: Deps): Action<'prepare'> {
  return {
    name: 'prepare',
    mode: 'async',
    minArgs: 1,
    async run([content]) {
      const spec = parseSpec(content);
      await within('Preparing apply spec', () => applier.prepare(spec));
      return 'prepared';
    },
  };
}
