import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { paperMachines } from '../example-cloud/machines.ts';
import { serve } from '../example-cloud/server.ts';
import { openStore } from '../example-cloud/store.ts';

export interface Outcome {
  readonly result: unknown;
  readonly error: { readonly type: string; readonly message: string } | null;
}

/** An example cloud of its own for a test, with servers on paper. `config` is a cpi.json for it. */
export async function startExampleCloud(dir: string): Promise<{ readonly config: string; stop(): Promise<void> }> {
  const token = 'token-of-a-test';
  const server = serve({ dir, token, store: openStore(dir), machines: paperMachines(), log: () => undefined });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const config = join(dir, 'cpi.json');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(config, JSON.stringify({ url, token, agent: { mbus: 'nats://127.0.0.1:4222' } }));
  return {
    config,
    async stop() {
      server.close().closeAllConnections();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Runs the executable for one call, as a Director does. */
export async function callCpi(call: {
  readonly config: string;
  readonly method: string;
  readonly args: readonly unknown[];
}): Promise<Outcome> {
  const { config, method, args } = call;
  const executable = join(import.meta.dirname, '../bin/cpi');
  const cpi = spawn(executable, ['--config', config]);
  cpi.stdin.end(JSON.stringify({ method, arguments: args, context: { director_uuid: 'test' }, api_version: 2 }));
  const [answer, log] = await Promise.all([text(cpi.stdout), text(cpi.stderr)]);
  if (answer === '') throw new Error(`${method} was not answered: ${log}`);
  return JSON.parse(answer) as Outcome;
}
