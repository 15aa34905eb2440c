import { rm } from 'node:fs/promises';
import type { Action } from './action.ts';

export function removeFile(): Action<'remove_file'> {
  return {
    name: 'remove_file',
    mode: 'sync',
    minArgs: 1,
    async run([path]) {
      await rm(path, { force: true });
      return path;
    },
  };
}
