import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openCpi } from '@boti/cpi-client';
import type { Cloud } from '@boti/cpi-sdk';
import { type Cleanup, waitFor } from '@boti/testkit';
import { type OpenDatabase, openDatabase } from '../../src/database/open-database.ts';
import { findLeftovers } from './find-leftovers.ts';
import { type Answer, type RunningDirector, startTestDirector } from './running-director.ts';

/** One thing that a Director is asked to do: a request that starts a task. */
export interface Step {
  readonly name: string;
  /** Answers undefined when there is nothing left to be asked for. */
  ask(director: RunningDirector): Promise<Answer | undefined>;
}

/** The real Director program with everything around it, made to kill itself at a given point of a step. */
export interface CrashLab {
  readonly director: RunningDirector;
  readonly database: OpenDatabase;
  readonly directory: string;
  /** Runs a step to its end; throws when its task fails. */
  run(step: Step): Promise<void>;
  /** The names of the points that a step reaches, in order. */
  points(step: Step): Promise<readonly string[]>;
  /** Runs a step with a crash at its point number `at`, starts the Director anew, and answers what it finds wrong then. */
  crash(step: Step, at: number): Promise<readonly string[]>;
  /** What is on the cloud, on the bus or in the blobstore and not on record, or the other way round. Each thing once. */
  leftovers(): Promise<readonly string[]>;
  /** Empties the cache of compiled packages that outlives releases. */
  emptyCompileCache(): Promise<void>;
}

export async function startCrashLab(t: Cleanup, overrides: Record<string, unknown> = {}): Promise<CrashLab> {
  let file = '';
  const director = await startTestDirector(t, overrides, async (directory) => {
    file = join(directory, 'crash-points');
    await writeFile(file, '');
    process.env.BOTI_CRASH_POINTS = file;
  });
  const config = JSON.parse(await readFile(join(director.directory, 'director.json'), 'utf8')) as LabConfig;
  const database = await openDatabase(config.database, () => undefined);
  t.after(() => database.close());
  const cpi = openCpi({ ...config.cpi, directorUuid: 'crash-lab' });
  t.after(async () => cpi[Symbol.asyncDispose]());
  return new Lab({ director, database, file, cloud: cpi.cloud() });
}

interface LabConfig {
  readonly database: { readonly url: string };
  readonly cpi: { readonly executable: string; readonly properties: Readonly<Record<string, unknown>> };
}

interface LabParts {
  readonly director: RunningDirector;
  readonly database: OpenDatabase;
  readonly file: string;
  readonly cloud: Required<Cloud>;
}

class Lab implements CrashLab {
  readonly director: RunningDirector;
  readonly database: OpenDatabase;
  readonly #file: string;
  readonly #cloud: Required<Cloud>;
  readonly #told = new Set<string>();
  #runs = 0;

  constructor({ director, database, file, cloud }: LabParts) {
    this.director = director;
    this.database = database;
    this.#file = file;
    this.#cloud = cloud;
  }

  get directory(): string {
    return this.director.directory;
  }

  async run(step: Step): Promise<void> {
    const answer = await step.ask(this.director);
    if (answer === undefined) return;
    const task = await this.director.task(answer);
    if (task.state !== 'done') throw new Error(`${step.name} ended in ${task.state}: ${task.result}`);
  }

  async points(step: Step): Promise<readonly string[]> {
    await rm(`${this.#file}.reached`, { force: true });
    await this.#arm(0);
    await this.run(step);
    await writeFile(this.#file, '');
    const text = await readFile(`${this.#file}.reached`, 'utf8');
    return text
      .trim()
      .split('\n')
      .map((line) => line.replace(/^\S+ \d+ /, ''));
  }

  async crash(step: Step, at: number): Promise<readonly string[]> {
    const { pid } = this.director;
    const newest = await this.#newestTask();
    await this.#arm(at);
    const answer = await step.ask(this.director).catch(() => undefined);
    if (answer !== undefined) await this.director.task(answer).catch(() => undefined);
    const isHit = await this.#hasReached(at);
    await writeFile(this.#file, '');
    if (!isHit) return [];
    await waitFor('the Director to die', () => !isAlive(pid), 20_000);
    await this.director.restart('SIGKILL');
    return this.#judgeTasks(newest);
  }

  async leftovers(): Promise<readonly string[]> {
    const found = await findLeftovers({ database: this.database, cloud: this.#cloud, directory: this.directory });
    const fresh = found.filter((one) => !this.#told.has(one));
    for (const one of fresh) this.#told.add(one);
    return fresh;
  }

  async emptyCompileCache(): Promise<void> {
    await rm(join(this.directory, 'state/compiled-packages'), { recursive: true, force: true });
  }

  async #arm(at: number): Promise<void> {
    this.#runs += 1;
    await writeFile(this.#file, `run-${this.#runs} ${at}`);
  }

  async #hasReached(at: number): Promise<boolean> {
    const reached = await readFile(`${this.#file}.reached`, 'utf8');
    return reached.includes(`run-${this.#runs} ${at} `);
  }

  async #newestTask(): Promise<number> {
    const { rows } = await this.database.query<{ id: number }>('select coalesce(max(id), 0)::int as id from tasks');
    return rows[0]?.id ?? 0;
  }

  /** A task that was cut off has failed; one that was only queued is done by the new process. */
  async #judgeTasks(after: number): Promise<readonly string[]> {
    const states = await waitFor(
      'the tasks to end',
      async () => {
        const { rows } = await this.database.query<{ state: string }>('select state from tasks where id > $1', [after]);
        return rows.every(({ state }) => ['done', 'error'].includes(state)) ? rows.map(({ state }) => state) : false;
      },
      40_000,
    );
    const { json } = await this.director.call('GET', '/locks');
    const locks = json as readonly unknown[];
    return [
      ...(states.length > 1 ? [`${states.length} tasks instead of one`] : []),
      ...(locks.length > 0 ? [`locks are held: ${JSON.stringify(locks)}`] : []),
    ];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
