import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, errnoOf, systemClock } from '@boti/core';
import type { BotiHome } from './boti-home.ts';

/** A program that runs on after we have ended. */
export interface Component {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly port: number;
  /** Whether it answers; asked until it does. */
  isReady(): Promise<boolean>;
  /** How long it may take to stop by itself. */
  readonly stopSeconds: number;
}

export interface RunningProcess {
  readonly pid: number;
  /** In clock ticks since the machine started: tells a process from a later one with the same number. */
  readonly startTime: string;
}

export const logFile = (home: BotiHome, { name }: Pick<Component, 'name'>): string => join(home.log, `${name}.log`);
const recordFile = (home: BotiHome, name: string): string => join(home.run, `${name}.json`);

/** The component's process, if it is the one that we started. */
export async function runningProcess(home: BotiHome, name: string): Promise<RunningProcess | undefined> {
  try {
    const record = JSON.parse(await readFile(recordFile(home, name), 'utf8')) as RunningProcess;
    return (await startTimeOf(record.pid)) === record.startTime ? record : undefined;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Starts the component unless it runs, and waits until it answers. Returns whether it was started. */
export async function startComponent(home: BotiHome, component: Component, signal: AbortSignal): Promise<boolean> {
  const running = await runningProcess(home, component.name);
  if (running === undefined) await spawnDetached(home, component);
  await waitUntilReady(home, component, signal);
  return running === undefined;
}

async function spawnDetached(home: BotiHome, component: Component): Promise<void> {
  const [program, ...args] = component.command;
  const log = openSync(logFile(home, component), 'a', 0o600);
  try {
    // Code that is compiled already takes less time to start, and 20 MB less memory.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(home.cache, 'compiled-code') };
    const child = spawn(program, args, { cwd: '/', env, detached: true, stdio: ['ignore', log, log] });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    child.once('spawn', resolve);
    child.once('error', reject);
    await promise.catch((cause: Error) => {
      throw new ExpectedError(`${component.name} could not be started: ${cause.message}`, { cause });
    });
    child.unref();
    const pid = child.pid ?? 0;
    const record: RunningProcess = { pid, startTime: (await startTimeOf(pid)) ?? '' };
    await writeFile(recordFile(home, component.name), JSON.stringify(record), { mode: 0o600 });
  } finally {
    closeSync(log);
  }
}

const readySeconds = 60;

async function waitUntilReady(home: BotiHome, component: Component, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + readySeconds * 1000;
  while (!(await component.isReady())) {
    const isRunning = (await runningProcess(home, component.name)) !== undefined;
    if (!isRunning) throw await failure(home, component, 'ended while it started');
    if (Date.now() > deadline) throw await failure(home, component, `did not answer within ${readySeconds} s`);
    await systemClock.sleep(50, signal);
  }
}

async function failure(home: BotiHome, component: Component, what: string): Promise<ExpectedError> {
  const file = logFile(home, component);
  const tail = (await readFile(file, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-15).join('\n');
  return new ExpectedError(`${component.name} ${what}. The end of its log:\n${tail}`, {
    hint: `The whole log is ${file}. Once the cause is mended, 'boti up' goes on from here.`,
  });
}

/** Stops the component and waits until it is gone. Returns whether it ran. */
export async function stopComponent(
  home: BotiHome,
  { name, stopSeconds }: Pick<Component, 'name' | 'stopSeconds'>,
): Promise<boolean> {
  const running = await runningProcess(home, name);
  if (running !== undefined) {
    send(running.pid, 'SIGTERM');
    if (!(await isGoneWithin(running, stopSeconds * 1000))) {
      send(running.pid, 'SIGKILL');
      await isGoneWithin(running, 5000);
    }
  }
  await rm(recordFile(home, name), { force: true });
  return running !== undefined;
}

async function isGoneWithin({ pid, startTime }: RunningProcess, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while ((await startTimeOf(pid)) === startTime) {
    if (Date.now() > deadline) return false;
    await systemClock.sleep(50);
  }
  return true;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

/** Undefined when there is no such process, or it has ended and waits to be collected. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
