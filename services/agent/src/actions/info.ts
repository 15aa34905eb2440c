import type { Action } from './action.ts';

export function info(): Action<'info'> {
  return { name: 'info', mode: 'sync', run: async () => ({ api_version: 1 }) };
}
