import type { Exchange } from '../target/exchange.ts';

export const kinds = ['snapshot', 'vm', 'disk', 'network', 'stemcell'] as const;
/** In the order in which they can be deleted. */
export type Kind = (typeof kinds)[number];

export interface MadeThing {
  readonly kind: Kind;
  readonly cid: string;
  /** Check that made it. */
  readonly owner: string;
}

/** A create call without an answer: nobody knows what it made. */
export interface OpenCreation {
  readonly method: string;
  readonly creationId: string;
  readonly owner: string;
}

const creates: Readonly<Record<string, Kind>> = {
  create_stemcell: 'stemcell',
  create_vm: 'vm',
  create_disk: 'disk',
  update_disk: 'disk',
  snapshot_disk: 'snapshot',
  create_network: 'network',
};

export const deleteMethods: Readonly<Record<Kind, string>> = {
  snapshot: 'delete_snapshot',
  vm: 'delete_vm',
  disk: 'delete_disk',
  network: 'delete_network',
  stemcell: 'delete_stemcell',
};

/** Everything that the run has made on the cloud, read off the calls themselves. */
export class Ledger {
  readonly #things = new Map<string, MadeThing>();
  readonly #ever = new Map<string, MadeThing>();
  readonly #open: OpenCreation[] = [];

  observe(exchange: Exchange, owner: string): void {
    const { method, answer, ending, request } = exchange;
    const kind = kindMadeBy(method);
    if (kind !== undefined && answer?.error === null) this.#add(kind, answer.result, owner);
    else if (kind !== undefined && ending !== 'answered') this.#opened(method, request, owner);
    const deleted = Object.entries(deleteMethods).find(([, name]) => name === method)?.[0];
    if (deleted !== undefined && answer?.error === null) this.forget(deleted as Kind, String(firstArgument(request)));
  }

  add(thing: MadeThing): void {
    this.#things.set(`${thing.kind} ${thing.cid}`, thing);
    this.#ever.set(`${thing.kind} ${thing.cid}`, thing);
  }

  forget(kind: Kind, cid: string): void {
    this.#things.delete(`${kind} ${cid}`);
  }

  /** Hands over to another check: what has a new owner is not removed with the old one. */
  give(kind: Kind, cid: string, owner: string): void {
    this.add({ kind, cid, owner });
  }

  /** What is still there, in the order in which it can be deleted. */
  present(owner?: string): readonly MadeThing[] {
    const own = [...this.#things.values()].filter((thing) => owner === undefined || thing.owner === owner);
    return own.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
  }

  /** Everything that ever was. */
  ever(kind: Kind): readonly string[] {
    return [...this.#ever.values()].filter((thing) => thing.kind === kind).map(({ cid }) => cid);
  }

  /** Takes the creations that are in doubt off the list. */
  takeOpen(owner?: string): readonly OpenCreation[] {
    const taken = this.#open.filter((one) => owner === undefined || one.owner === owner);
    for (const one of taken) this.#open.splice(this.#open.indexOf(one), 1);
    return taken;
  }

  #add(kind: Kind, result: unknown, owner: string): void {
    const cid: unknown = Array.isArray(result) ? result[0] : result;
    if (typeof cid !== 'string' || cid === '' || this.#things.has(`${kind} ${cid}`)) return;
    this.add({ kind, cid, owner });
  }

  #opened(method: string, request: unknown, owner: string): void {
    const { context } = (request ?? {}) as { readonly context?: { readonly boti_creation?: string } };
    const creationId = context?.boti_creation ?? String(firstArgument(request));
    this.#open.push({ method, creationId, owner });
  }
}

export function kindMadeBy(method: string): Kind | undefined {
  return Object.hasOwn(creates, method) ? creates[method] : undefined;
}

function firstArgument(request: unknown): unknown {
  const { arguments: args } = (request ?? {}) as { readonly arguments?: readonly unknown[] };
  return args?.[0];
}
