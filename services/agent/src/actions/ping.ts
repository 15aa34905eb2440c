import type { Action } from './action.ts';

export function ping(): Action<'ping'> {
  return { name: 'ping', mode: 'sync', run: async () => 'pong' };
}
