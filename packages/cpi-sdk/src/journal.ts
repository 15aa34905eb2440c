import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentId, agentId as asAgentId, errnoOf, type VmCid, vmCid, writeFileAtomic } from '@boti/core';
import { z } from 'zod';
import { hostLocks } from './host-locks.ts';

const entrySchema = z.object({
  agentId: z.string().transform(asAgentId),
  made: z.array(z.object({ kind: z.string(), id: z.string() })),
  /** There once the call has succeeded. */
  vmCid: z.string().transform(vmCid).optional(),
});

/** Something on the cloud that a `create_vm` has made, or is about to make. */
export interface MadeThing {
  readonly kind: string;
  readonly id: string;
}

interface Entry {
  readonly agentId: AgentId;
  readonly made: readonly MadeThing[];
  readonly vmCid?: VmCid | undefined;
}

export interface JournalOptions {
  /** Folder of the journal; made when it is missing. */
  readonly dir: string;
  /** Removes what a `create_vm` has left, newest first. What is already gone is no failure. */
  readonly undo: (made: readonly MadeThing[], agentId: AgentId) => Promise<void>;
}

/**
 * Remembers what `create_vm` makes, by agent id, so that a call that was killed half-way leaves nothing behind: what it
 * had made is removed at the start of the next `create_vm`, or when its agent is asked for. A call counts as killed when
 * its entry is unfinished and no process holds the entry's lock.
 */
export interface Journal {
  /**
   * Runs one `create_vm`. `record` must be awaited before each thing is made. When `create` throws, or the process
   * dies, everything recorded is undone. A VM that was made for the same agent before is undone first. A finished VM
   * stays findable by its agent id until `forget`.
   */
  create<T extends { readonly cid: VmCid }>(
    agentId: AgentId,
    create: (record: (thing: MadeThing) => Promise<void>) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** The VM that was made for this agent, once no call makes one; what a killed call left is removed first. */
  find(agentId: AgentId, signal?: AbortSignal): Promise<VmCid | undefined>;
  /** Call when the VM of this agent is deleted. */
  forget(agentId: AgentId): Promise<void>;
  /** Removes what killed calls have left and answers their agent ids. Calls that run are left alone. */
  reap(): Promise<readonly AgentId[]>;
}

export function journal({ dir, undo }: JournalOptions): Journal {
  const locks = hostLocks(dir);
  const path = (agentId: AgentId): string => join(dir, `${fileName(agentId)}.json`);
  const write = (entry: Entry): Promise<void> => writeFileAtomic(path(entry.agentId), JSON.stringify(entry), 0o600);
  const forget = (agentId: AgentId): Promise<void> => rm(path(agentId), { force: true });
  const undoEntry = async ({ agentId, made }: Entry): Promise<void> => {
    await undo(made.toReversed(), agentId);
    await forget(agentId);
  };
  /** Under the entry's lock: an unfinished entry has no process any more. */
  const reapOne = async (agentId: AgentId): Promise<boolean> => {
    const entry = await readEntry(path(agentId));
    if (entry === undefined || entry.vmCid !== undefined) return false;
    await undoEntry(entry);
    return true;
  };

  return {
    forget,

    async reap() {
      const reaped: AgentId[] = [];
      for (const entry of await readAll(dir)) {
        if (entry.vmCid !== undefined) continue;
        if (await locks.tryRun(entry.agentId, () => reapOne(entry.agentId))) reaped.push(entry.agentId);
      }
      return reaped;
    },

    async find(agentId, signal) {
      return await locks.run(
        agentId,
        async () => ((await reapOne(agentId)) ? undefined : (await readEntry(path(agentId)))?.vmCid),
        signal,
      );
    },

    async create(agentId, create, signal) {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      return await locks.run(
        agentId,
        async () => {
          const previous = await readEntry(path(agentId));
          if (previous !== undefined) await undoEntry(previous);
          return await recordCreation(agentId, { create, write, undoEntry });
        },
        signal,
      );
    },
  };
}

async function recordCreation<T extends { readonly cid: VmCid }>(
  agentId: AgentId,
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
    await write({ agentId, made });
    const result = await create(async (thing) => {
      made.push(thing);
      await write({ agentId, made });
    });
    await write({ agentId, made, vmCid: result.cid });
    return result;
  } catch (error) {
    // Should this clean-up fail too, the unfinished entry stays and the next call tries again.
    await undoEntry({ agentId, made }).catch(() => undefined);
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
  try {
    return entrySchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Agent ids are UUIDs in practice; anything else must not leave the folder. */
function fileName(agentId: AgentId): string {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/.test(agentId)
    ? agentId
    : `sha256-${createHash('sha256').update(agentId).digest('hex')}`;
}
