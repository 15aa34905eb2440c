import { setTimeout as delay } from 'node:timers/promises';
import { journal } from '../src/index.ts';

/** Records one thing in the journal of the folder in argv, says so, and never finishes. */
const [, , dir = '', id = ''] = process.argv;
await journal({ dir, undo: async () => undefined }).create(id, async (record) => {
  await record({ kind: 'server', id: `server-of-${id}` });
  process.stdout.write('recorded\n');
  await delay(60_000);
  return { cid: 'never' };
});
