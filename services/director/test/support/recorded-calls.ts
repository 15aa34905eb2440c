import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentClient } from '@boti/agent-client';
import { simExecutable } from '@boti/cpi-sim';
import type { OpenServices } from '../../src/services.ts';

/** A request to an agent or to the CPI, as it is on the wire. */
export interface RecordedCall {
  readonly to: 'agent' | 'cpi';
  readonly method: string;
  readonly arguments: readonly unknown[];
}

/** Records what a Director asks of agents and CPI, in order. Only for Directors that do one thing at a time. */
export interface CallRecorder {
  /** To be run in the place of the simulated cloud's executable. */
  readonly executable: string;
  observe(services: OpenServices): OpenServices;
  /** What was asked since the last time. */
  take(): Promise<readonly RecordedCall[]>;
}

export async function callRecorder(directory: string): Promise<CallRecorder> {
  const log = join(directory, 'cpi-requests');
  const executable = join(directory, 'recording-cpi');
  await writeFile(log, '');
  // `$(cat)` takes the line ends away, so that each request is one line.
  await writeFile(
    executable,
    `#!/bin/sh\nin=$(cat)\nprintf '%s\\n' "$in" >>'${log}'\nprintf '%s\\n' "$in" | exec '${simExecutable}' "$@"\n`,
  );
  await chmod(executable, 0o755);
  let calls: RecordedCall[] = [];
  let read = 0;
  const readCpi = async (): Promise<void> => {
    const lines = (await readFile(log, 'utf8')).split('\n').slice(0, -1);
    calls.push(...lines.slice(read).map((line) => ({ to: 'cpi' as const, ...JSON.parse(line) })));
    read = lines.length;
  };
  const observed = (agent: AgentClient): AgentClient => ({
    async call(name, args, options) {
      await readCpi();
      calls.push({ to: 'agent', method: name, arguments: args });
      return agent.call(name, args, options);
    },
    notify: (name, args) => agent.notify(name, args),
    async waitUntilReady(options) {
      await readCpi();
      calls.push({ to: 'agent', method: 'ping', arguments: [] });
      await agent.waitUntilReady(options);
    },
  });
  return {
    executable,
    observe: (services) => ({
      ...services,
      agents: { ...services.agents, of: (id, instance) => observed(services.agents.of(id, instance)) },
    }),
    async take() {
      await readCpi();
      const taken = calls;
      calls = [];
      return taken;
    },
  };
}
