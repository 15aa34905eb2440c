import { join } from 'node:path';
import type { AgentSettings, BlobstoreSettings, CertificateSet, DiskHint, UpdateSettings } from '@boti/agent-protocol';
import { ExpectedError, type Logger, messageOf, writeFileAtomic } from '@boti/core';
import type { Dirs } from '../dirs.ts';
import { readJsonFile } from '../json-file.ts';
import { parseSettings, type SettingsSource } from './settings-source.ts';

export interface BusSettings {
  readonly urls: readonly string[];
  readonly cert: CertificateSet | undefined;
}

type StoredUpdate = Partial<UpdateSettings>;
type DiskHints = Readonly<Record<string, DiskHint>>;

/** What this VM is: the CPI's settings, what the Director has changed since, and the hints of attached disks. */
export class SettingsStore {
  readonly #dirs: Dirs;
  readonly #sources: readonly SettingsSource[];
  readonly #logger: Logger;
  #settings: AgentSettings | undefined;
  #update: StoredUpdate = {};
  #hints: DiskHints = {};

  constructor(dirs: Dirs, sources: readonly SettingsSource[], logger: Logger) {
    this.#dirs = dirs;
    this.#sources = sources;
    this.#logger = logger;
  }

  /** Reads the first source that works; when none does, what was read before an earlier restart. */
  async load(signal: AbortSignal): Promise<AgentSettings> {
    const cachePath = this.#path('settings.json');
    const settings = (await this.#fromSources(signal)) ?? (await readJsonFile(cachePath));
    this.#settings = parseSettings(settings, cachePath);
    this.#update = ((await readJsonFile(this.#path('update_settings.json'))) ?? {}) as StoredUpdate;
    this.#hints = ((await readJsonFile(this.#path('persistent_disk_hints.json'))) ?? {}) as DiskHints;
    await writeFileAtomic(cachePath, JSON.stringify(this.#settings), 0o640);
    return this.#settings;
  }

  async #fromSources(signal: AbortSignal): Promise<AgentSettings | undefined> {
    const failures: unknown[] = [];
    for (const source of this.#sources) {
      try {
        return await source.settings(signal);
      } catch (error) {
        signal.throwIfAborted();
        this.#logger.warn('a settings source gives none', { source: source.name, error: messageOf(error) });
        failures.push(error);
      }
    }
    if ((await readJsonFile(this.#path('settings.json'))) !== undefined) return undefined;
    throw new AggregateError(failures, 'No settings source works, and there are no settings of an earlier start');
  }

  /** The IaaS's ssh key, of the first source that has one. */
  async publicKey(signal: AbortSignal): Promise<string | undefined> {
    for (const source of this.#sources) {
      try {
        const key = await source.publicKey?.(signal);
        if (key !== undefined) return key;
      } catch (error) {
        this.#logger.warn('a settings source gives no ssh key', { source: source.name, error: messageOf(error) });
      }
    }
    return undefined;
  }

  get current(): AgentSettings {
    if (this.#settings === undefined) throw new Error('the settings are used before they were loaded');
    return this.#settings;
  }

  get update(): StoredUpdate {
    return this.#update;
  }

  // BOSH: settings/settings.go GetMbusURL, GetMbusCerts.
  get bus(): BusSettings {
    const { mbus: updated } = this.#update;
    const env = this.current.env?.bosh?.mbus;
    const urls = firstFilled(updated?.urls, env?.urls) ?? (this.current.mbus ? [this.current.mbus] : []);
    const cert = updated?.cert?.ca ? updated.cert : env?.cert;
    return { urls, cert: completeCert(cert) };
  }

  get blobstores(): readonly BlobstoreSettings[] {
    const own = this.current.blobstore;
    return firstFilled(this.#update.blobstores, this.current.env?.bosh?.blobstores ?? undefined) ?? (own ? [own] : []);
  }

  get parallel(): number {
    return this.current.env?.bosh?.parallel ?? 5;
  }

  /** All persistent disks known: those of the CPI's settings and those added since. */
  get persistentDisks(): ReadonlyMap<string, DiskHint> {
    return new Map(Object.entries({ ...this.current.disks.persistent, ...this.#hints }));
  }

  diskHint(cid: string): DiskHint {
    const hint = this.persistentDisks.get(cid);
    if (hint === undefined) throw new ExpectedError(`Persistent disk with volume id '${cid}' could not be found`);
    return hint;
  }

  async addDiskHint(cid: string, hint: DiskHint): Promise<void> {
    await this.#saveHints({ ...this.#hints, [cid]: hint });
  }

  async removeDiskHint(cid: string): Promise<void> {
    const { [cid]: _, ...rest } = this.#hints;
    await this.#saveHints(rest);
  }

  async #saveHints(hints: DiskHints): Promise<void> {
    await writeFileAtomic(this.#path('persistent_disk_hints.json'), JSON.stringify(hints), 0o600);
    this.#hints = hints;
  }

  /** Merges an update and answers whether bus or blobstores changed, so that the agent must start anew. */
  async saveUpdate(update: UpdateSettings): Promise<boolean> {
    const before = this.#update;
    const mbus = update.mbus?.cert?.ca || update.mbus?.urls?.length ? update.mbus : before.mbus;
    const blobstores = update.blobstores ?? before.blobstores;
    const merged: StoredUpdate = {
      trusted_certs: update.trusted_certs,
      disk_associations: update.disk_associations,
      ...(mbus && { mbus }),
      ...(blobstores && { blobstores }),
    };
    await writeFileAtomic(this.#path('update_settings.json'), JSON.stringify(merged), 0o600);
    this.#update = merged;
    return !isSame(mbus, before.mbus) || !isSame(blobstores, before.blobstores);
  }

  #path(name: string): string {
    return join(this.#dirs.bosh, name);
  }
}

function firstFilled<T>(...lists: readonly (readonly T[] | null | undefined)[]): readonly T[] | undefined {
  return lists.find((list) => list !== undefined && list !== null && list.length > 0) ?? undefined;
}

function completeCert(cert: { [Key in keyof CertificateSet]?: CertificateSet[Key] | undefined } | null | undefined) {
  if (!cert?.certificate || !cert.private_key) return undefined;
  return { ca: String(cert.ca ?? ''), certificate: String(cert.certificate), private_key: String(cert.private_key) };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
