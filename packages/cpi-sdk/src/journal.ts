import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, writeFileAtomic } from '@boti/core';
import { z } from 'zod';
import { hostLocks } from './host-locks.ts';

const entrySchema = z.object({
  id: z.string(),
  made: z.array(z.object({ kind: z.string(), id: z.string() })),
  /** There once the call has succeeded. */
  cid: z.string().optional(),
});

/** Something on the cloud that a create_* call has made, or is about to make. */
export interface MadeThing {
  readonly kind: string;
  readonly id: string;
}

interface Entry {
  readonly id: string;
  readonly made: readonly MadeThing[];
  readonly cid?: string | undefined;
}

/** Where a journal is, and how what it has recorded is removed from the cloud. */
export interface JournalOptions {
  /** Folder of the journal; made when it is missing. */
  readonly dir: string;
  /** Removes what a call has left, newest first. What is already gone is no failure. */
  readonly undo: (made: readonly MadeThing[]) => Promise<void>;
}

/**
 * Remembers what a create_* call makes, under an id that is known before it: a VM's agent id, or the call's
 * `creationId`. A call that was killed half-way leaves nothing behind: what it had made is removed by `reap`, by the next
 * `create` with its id, or when its id is asked for. A call counts as killed when its entry is unfinished and no process
 * holds the entry's lock.
 */
export interface Journal {
  /**
   * Runs one creation. `record` must be awaited before each thing is made. When `create` throws, or the process dies,
   * everything recorded is undone. What was made under the same id before is undone first. What is finished stays
   * findable until `forget`.
   */
  create<T extends { readonly cid: string }>(
    id: string,
    create: (record: (thing: MadeThing) => Promise<void>) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** The cid that was made under this id; waits for a call that is making it, and undoes what a killed call left. */
  find(id: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Call when what was made under this id is deleted. */
  forget(id: string): Promise<void>;
  /** Removes what killed calls have left and answers their ids. Calls that run are left alone. */
  reap(): Promise<readonly string[]>;
}

/** Opens the journal in a folder of this machine. All processes of a CPI must use the same folder. */
export function journal({ dir, undo }: JournalOptions): Journal {
  const locks = hostLocks(dir);
  const path = (id: string): string => join(dir, `${fileName(id)}.json`);
  const write = (entry: Entry): Promise<void> => writeFileAtomic(path(entry.id), JSON.stringify(entry), 0o600);
  const forget = (id: string): Promise<void> => rm(path(id), { force: true });
  const undoEntry = async ({ id, made }: Entry): Promise<void> => {
    await undo(made.toReversed());
    await forget(id);
  };
  /** Under the entry's lock: an unfinished entry has no process any more. */
  const reapOne = async (id: string): Promise<boolean> => {
    const entry = await readEntry(path(id));
    if (entry === undefined || entry.cid !== undefined) return false;
    await undoEntry(entry);
    return true;
  };

  return {
    forget,

    async reap() {
      const reaped: string[] = [];
      for (const entry of await readAll(dir)) {
        if (entry.cid !== undefined) continue;
        if (await locks.tryRun(entry.id, () => reapOne(entry.id))) reaped.push(entry.id);
      }
      return reaped;
    },

    async find(id, signal) {
      return await locks.run(
        id,
        async () => ((await reapOne(id)) ? undefined : (await readEntry(path(id)))?.cid),
        signal,
      );
    },

    async create(id, create, signal) {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      return await locks.run(
        id,
        async () => {
          const previous = await readEntry(path(id));
          if (previous !== undefined) await undoEntry(previous);
          return await recordCreation(id, { create, write, undoEntry });
        },
        signal,
      );
    },
  };
}

async function recordCreation<T extends { readonly cid: string }>(
  id: string,
  {
    create,
    write,
    undoEntry,
  }: {
    readonly create: (record: (thing: MadeThing) => Promise<void>) => Promise<T>;
    readonly write: (entry: Entry) => Promise<void>;
    readonly undoEntry: (entry: Entry) => Promise<void>;
  },
): Promise<T> {
  const made: MadeThing[] = [];
  try {
    await write({ id, made });
    const result = await create(async (thing) => {
      made.push(thing);
      await write({ id, made });
    });
    await write({ id, made, cid: result.cid });
    return result;
  } catch (error) {
    // Should this clean-up fail too, the unfinished entry stays and the next call tries again.
    await undoEntry({ id, made }).catch(() => undefined);
    throw error;
  }
}

async function readAll(dir: string): Promise<readonly Entry[]> {
  const names = await readdir(dir).catch(() => []);
  const paths = names.filter((name) => name.endsWith('.json')).map((name) => join(dir, name));
  const entries = await Promise.all(paths.map(readEntry));
  return entries.filter((entry) => entry !== undefined);
}

async function readEntry(path: string): Promise<Entry | undefined> {
  const text = await readIfThere(path);
  return text === undefined ? undefined : entrySchema.parse(JSON.parse(text));
}

/** Ids are UUIDs in practice; anything else must not leave the folder. */
function fileName(id: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/.test(id) ? id : `sha256-${createHash('sha256').update(id).digest('hex')}`;
}
