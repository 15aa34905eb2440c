import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

type Part = 'cpi' | 'compile' | 'agent' | 'local';

export interface StepSeconds {
  readonly total: number;
  readonly parts: Readonly<Record<Part, number>>;
}

/** Which part of create-env a step belongs to. */
const parts: readonly (readonly [RegExp, Part])[] = [
  [/^Uploading stemcell|^Creating (?:VM|disk)|^Attaching|^Detaching|^Deleting/, 'cpi'],
  [/^Compiling package|^Uploading compiled/, 'compile'],
  [/^Waiting|^Updating|^Running|^Draining|^Stopping|^Unmounting|^Migrating/, 'agent'],
];

/** Runs a command that tells its steps, and adds up how long each kind took. */
export async function stepSeconds(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<StepSeconds> {
  const started = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const seconds: Record<Part, number> = { cpi: 0, compile: 0, agent: 0, local: 0 };
  let last = started;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    process.stderr.write(`${line}\n`);
    const now = performance.now();
    const step = line.trim();
    seconds[parts.find(([pattern]) => pattern.test(step))?.[1] ?? 'local'] += (now - last) / 1000;
    last = now;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}`);
  return { total: (performance.now() - started) / 1000, parts: seconds };
}
