import { runCommand } from '@boti/core';

const knownDigests = new Set([
  'cf51cb20ecd839ead5d97aa7f0de001a885afd074b800125f2fd9c4f7ab96069',
  'b4cafb748a8b141bf96f3dad216a8ebecbca602eed4457431ed73b4802def22e',
]);

/** What differs from run to run, replaced by what the recording has in its place, as wide as itself. */
export class Masks {
  readonly #root: string;
  readonly #hashes = new Set<string>();
  #fingerprintOfWeb = /(?!)/g;
  #seconds = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** Looks up what the next texts will name: the commit, the time taken as version, the job's fingerprint. */
  async learn(dir: string, stdout: string): Promise<void> {
    const head = await runCommand('git', ['-C', dir, 'rev-parse', '--short', 'HEAD']).catch(() => undefined);
    if (head !== undefined) this.#hashes.add(head.stdout.trim());
    const seconds = /\+dev\.(\d{10})\t/.exec(stdout)?.[1];
    if (seconds !== undefined && this.#seconds === 0) this.#seconds = Number(seconds);
    const web = /\nweb\/([0-9a-f]{64})\t.*\t(?:app|-)\t/.exec(stdout)?.[1];
    if (web !== undefined && /^myrel/m.test(stdout)) this.#fingerprintOfWeb = new RegExp(web, 'g');
  }

  /** Every text in a JSON value. */
  applyToAll(value: unknown): unknown {
    if (typeof value === 'string') return this.apply(value);
    if (Array.isArray(value)) return value.map((item) => this.applyToAll(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.applyToAll(item)]));
  }

  apply(text: string): string {
    const masked = text
      .replaceAll(this.#root, '$DIR')
      .replaceAll('\r\n', '\n')
      .replace(/sha256:([0-9a-f]{64})/g, (digest, hex) =>
        knownDigests.has(hex) ? digest : `sha256:${'digest'.padEnd(64, '-')}`,
      )
      .replace(/\b[0-9a-f]{40}\b/g, 'sha1'.padEnd(40, '-'))
      .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uuid>'.padEnd(36, '-'))
      .replace(this.#fingerprintOfWeb, 'fingerprint-of-web'.padEnd(64, '-'))
      .replace(/dev\.(\d{10})/g, (_, seconds) => `dev.<seconds>${Number(seconds) === this.#seconds + 1 ? '+' : '-'}`);
    return [...this.#hashes].reduce(
      (all, hash) => all.replaceAll(`"${hash}"`, '<hash>').replaceAll(hash, '<hash>'),
      masked,
    );
  }
}

/** The entries of an index in the order of their texts: by its keys they stand in the order of random numbers. */
export function sortedIndex(text: string): string {
  const [head = '', ...entries] = text.split(/\n(?= {2}\S)/);
  const last = entries.at(-1) ?? '';
  const tail = last.slice(last.indexOf('\nformat-version'));
  const all = [...entries.slice(0, -1), last.slice(0, last.indexOf('\nformat-version'))].sort();
  return `${[head, ...all].join('\n')}${tail}`;
}

/** Lines about builds and blobs come in any order, as they are worked on side by side. */
export function sortedProgress(text: string): string {
  const isProgress = (line: string): boolean => /^(?:Adding |Added (?:job|package|license)|-- |Blob )/.test(line);
  const groups: string[][] = [];
  let wasProgress = false;
  for (const line of text.split('\n')) {
    if (isProgress(line) && wasProgress) groups.at(-1)?.push(line);
    else groups.push([line]);
    wasProgress = isProgress(line);
  }
  return groups.flatMap((group) => group.sort()).join('\n');
}
