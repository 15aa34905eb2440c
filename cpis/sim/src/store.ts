import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { AgentSettings, ApplySpec } from '@boti/agent-protocol';
import { CloudError } from '@boti/cpi-sdk';

export interface SimVm {
  readonly cid: string;
  readonly agentId: string;
  readonly stemcellCid: string;
  readonly settings: AgentSettings;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Attached disks. */
  readonly disks: readonly string[];
  /** What the agent remembers. */
  readonly agent: {
    readonly spec: ApplySpec;
    readonly jobState: string;
    readonly known: readonly string[];
    readonly mounted: readonly string[];
    readonly isOff: boolean;
  };
}

export interface SimDisk {
  readonly cid: string;
  readonly sizeMib: number;
  readonly creationId?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

interface Kinds {
  vm: SimVm;
  disk: SimDisk;
  stemcell: { readonly cid: string; readonly creationId?: string };
  snapshot: { readonly cid: string; readonly diskCid: string; readonly creationId?: string };
  network: { readonly cid: string };
}
export type Kind = keyof Kinds;

/** Everything the cloud has, in memory and in a file that each change is appended to: a restart loses nothing. */
export class Store {
  readonly #path: string;
  readonly #things: { readonly [K in Kind]: Map<string, Kinds[K]> } = {
    vm: new Map(),
    disk: new Map(),
    stemcell: new Map(),
    snapshot: new Map(),
    network: new Map(),
  };

  /** VMs by agent id and by address: looked up in each create_vm, of which there are thousands. */
  readonly #vmOfAgent = new Map<string, string>();
  readonly #vmOfAddress = new Map<string, string>();

  constructor(path: string) {
    this.#path = path;
    if (existsSync(path)) this.#load();
  }

  get<K extends Kind>(kind: K, cid: string): Kinds[K] | undefined {
    return this.#things[kind].get(cid) as Kinds[K] | undefined;
  }

  all<K extends Kind>(kind: K): readonly Kinds[K][] {
    return [...this.#things[kind].values()] as Kinds[K][];
  }

  count(kind: Kind): number {
    return this.#things[kind].size;
  }

  vmOfAgent(agentId: string): SimVm | undefined {
    return this.get('vm', this.#vmOfAgent.get(agentId) ?? '');
  }

  vmOfAddress(ip: string): SimVm | undefined {
    return this.get('vm', this.#vmOfAddress.get(ip) ?? '');
  }

  put<K extends Kind>(kind: K, value: Kinds[K]): void {
    (this.#things[kind] as Map<string, Kinds[K]>).set(value.cid, value);
    if (kind === 'vm') this.#index(value as SimVm);
    appendFileSync(this.#path, `${JSON.stringify([kind, value.cid, value])}\n`, { mode: 0o600 });
  }

  remove(kind: Kind, cid: string): void {
    if (this.#things[kind].delete(cid)) appendFileSync(this.#path, `${JSON.stringify([kind, cid, null])}\n`);
  }

  #index({ cid, agentId, settings }: SimVm): void {
    this.#vmOfAgent.set(agentId, cid);
    for (const { ip } of Object.values(settings.networks)) if (ip !== undefined) this.#vmOfAddress.set(ip, cid);
  }

  /** Reads the changes, and writes what is left of them as the new file. A line cut short by a crash is dropped. */
  #load(): void {
    for (const line of readFileSync(this.#path, 'utf8').split('\n')) {
      const change = parse(line);
      if (change === undefined) continue;
      const [kind, cid, value] = change;
      const things = this.#things[kind] as Map<string, unknown>;
      if (value === null) things.delete(cid);
      else things.set(cid, value);
    }
    for (const vm of this.all('vm')) this.#index(vm);
    const kinds = Object.entries(this.#things) as [Kind, Map<string, unknown>][];
    const lines = kinds.flatMap(([kind, things]) =>
      [...things].map(([cid, value]) => JSON.stringify([kind, cid, value])),
    );
    writeFileSync(`${this.#path}.new`, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

function parse(line: string): [Kind, string, unknown] | undefined {
  try {
    return JSON.parse(line) as [Kind, string, unknown];
  } catch {
    return undefined;
  }
}

export function requireVm(store: Store, cid: string): SimVm {
  const vm = store.get('vm', cid);
  if (vm !== undefined) return vm;
  throw new CloudError('VMNotFound', `VM '${cid}' does not exist`);
}

export function requireDisk(store: Store, cid: string): SimDisk {
  const disk = store.get('disk', cid);
  if (disk !== undefined) return disk;
  throw new CloudError('DiskNotFound', `Disk '${cid}' does not exist`);
}
