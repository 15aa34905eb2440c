import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Labels = Readonly<Record<string, string>>;

export interface Image {
  readonly id: string;
  readonly labels: Labels;
  /** What the machines call it. */
  readonly machineId: string;
}

export interface Server {
  readonly id: string;
  readonly labels: Labels;
  readonly state: 'starting' | 'running' | 'failed';
  readonly fault?: string;
  readonly addresses: readonly string[];
  readonly volumes: readonly string[];
  readonly machineId?: string;
}

export interface Volume {
  readonly id: string;
  readonly labels: Labels;
  readonly sizeMib: number;
  readonly server?: string;
  readonly machineId: string;
}

export interface Snapshot {
  readonly id: string;
  readonly labels: Labels;
  readonly volume: string;
  readonly machineId: string;
}

export interface Thing {
  readonly id: string;
  readonly labels: Labels;
}

export class Table<T extends Thing> {
  readonly rows: Record<string, T>;
  readonly #changed: () => void;

  constructor(rows: Record<string, T>, changed: () => void) {
    this.rows = rows;
    this.#changed = changed;
  }

  get(id: string): T | undefined {
    return Object.hasOwn(this.rows, id) ? this.rows[id] : undefined;
  }

  all(): readonly T[] {
    return Object.values(this.rows);
  }

  put(thing: T): T {
    this.rows[thing.id] = thing;
    this.#changed();
    return thing;
  }

  remove(id: string): void {
    delete this.rows[id];
    this.#changed();
  }
}

export interface Store {
  readonly images: Table<Image>;
  readonly servers: Table<Server>;
  readonly volumes: Table<Volume>;
  readonly snapshots: Table<Snapshot>;
}

/** Everything the cloud knows, in one file that is written at each change. */
export function openStore(dir: string): Store {
  const path = join(dir, 'state.json');
  const known = read(path);
  const write = (): void => {
    const rows = Object.fromEntries(Object.entries(store).map(([kind, table]) => [kind, table.rows]));
    writeFileSync(`${path}.new`, JSON.stringify(rows, null, 2), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  };
  const store: Store = {
    images: new Table(known.images ?? {}, write),
    servers: new Table(known.servers ?? {}, write),
    volumes: new Table(known.volumes ?? {}, write),
    snapshots: new Table(known.snapshots ?? {}, write),
  };
  return store;
}

type Rows = { readonly [K in keyof Store]?: Store[K]['rows'] };

function read(path: string): Rows {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Rows;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return {};
  }
}
