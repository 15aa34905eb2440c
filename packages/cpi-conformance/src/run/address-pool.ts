import { Blocked } from './verdicts.ts';

/** Addresses that VMs may have; each is in one hand at a time. */
export class AddressPool {
  readonly #free: string[];
  readonly #held = new Map<string, string[]>();

  constructor(addresses: readonly string[]) {
    this.#free = [...addresses];
  }

  take(owner: string): string {
    const address = this.#free.shift();
    if (address === undefined) {
      throw new Blocked('No address is left: networks.manual.addresses of the configuration has too few');
    }
    this.#held.set(owner, [...(this.#held.get(owner) ?? []), address]);
    return address;
  }

  /** An address that was given back stands at the end: it is long free before it comes again. */
  giveBack(owner: string): void {
    this.#free.push(...(this.#held.get(owner) ?? []));
    this.#held.delete(owner);
  }
}
