import { join } from 'node:path';
import { type AgentNetwork, type ApplySpec, applySpecSchema } from '@boti/agent-protocol';
import { ExpectedError, writeFileAtomic } from '@boti/core';
import { z } from 'zod';
import type { Dirs } from '../dirs.ts';
import { readJsonFile } from '../json-file.ts';
import type { SettingsStore } from '../settings/settings-store.ts';

/** The apply spec that this VM has. */
export class SpecStore {
  readonly #path: string;
  readonly #settings: SettingsStore;

  constructor(dirs: Dirs, settings: SettingsStore) {
    this.#path = join(dirs.bosh, 'spec.json');
    this.#settings = settings;
  }

  async get(): Promise<ApplySpec> {
    const stored = await readJsonFile(this.#path);
    return stored === undefined ? {} : (stored as ApplySpec);
  }

  async set(spec: ApplySpec): Promise<void> {
    await writeFileAtomic(this.#path, JSON.stringify(spec), 0o600);
  }

  /** Fills in what only the VM knows: the addresses of dynamic networks. Everything else stays as it came. */
  resolve(spec: ApplySpec): ApplySpec {
    const networks = Object.entries(spec.networks ?? {}).map(([name, network]) => [
      name,
      this.#resolveNetwork(name, network),
    ]);
    return spec.networks ? { ...spec, networks: Object.fromEntries(networks) } : spec;
  }

  #resolveNetwork(name: string, network: AgentNetwork): AgentNetwork {
    if (network.type !== 'dynamic') return network;
    const own = this.#settings.current.networks[name];
    if (own === undefined) throw new ExpectedError(`Network '${name}' is not found in settings`);
    return { ...network, ip: own.ip ?? '', netmask: own.netmask ?? '', gateway: own.gateway ?? '' };
  }
}

/** Throws an error that names the wrong field. */
export function parseSpec(content: unknown): ApplySpec {
  const result = applySpecSchema.safeParse(content);
  if (result.success) return content as ApplySpec;
  throw new ExpectedError(`The apply spec is wrong: ${z.prettifyError(result.error)}`);
}

/** Job templates of the spec; none without an archive to take them from. */
export function jobsOf(spec: ApplySpec): readonly JobRef[] {
  const archive = spec.rendered_templates_archive;
  if (!archive || (archive.sha1 === '' && archive.blobstore_id === '')) return [];
  return (spec.job?.templates ?? []).map(({ name, version = '' }) => ({ name, version, archive }));
}

export interface JobRef {
  readonly name: string;
  readonly version: string;
  readonly archive: { readonly sha1: string; readonly blobstore_id: string };
}

export function maxLogFileSize(spec: ApplySpec): string {
  const size = (spec.properties?.logging as { max_log_file_size?: string } | undefined)?.max_log_file_size;
  return size || '50M';
}
