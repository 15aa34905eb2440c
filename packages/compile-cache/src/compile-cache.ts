import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOfFile, errnoOf, verifyFileDigest, writeFileAtomic } from '@boti/core';
import { z } from 'zod';

/** What a compiled package is made of: the same inputs give the same key, on whichever Director. */
export interface CompileInputs {
  readonly name: string;
  readonly fingerprint: string;
  readonly stemcell: {
    readonly name: string;
    readonly operatingSystem: string;
    readonly version: string;
    /** Stemcells with the same one compile alike, whatever their names and versions: only their agents differ. */
    readonly compileKey?: string | null | undefined;
  };
  /** Fingerprints of all packages it was compiled with, transitive ones included. */
  readonly dependencies: readonly { readonly name: string; readonly fingerprint: string }[];
}

/** Compiled packages that outlive Directors. An entry whose content is not what was stored is thrown away. */
export interface CompileCache {
  /** Copies the entry to `path`; false when there is none. */
  fetch(inputs: CompileInputs, path: string): Promise<boolean>;
  store(inputs: CompileInputs, path: string): Promise<void>;
}

const entrySchema = z.object({ digest: z.string() });

export function compileCache(directory: string): CompileCache {
  const base = (inputs: CompileInputs): string => join(directory, `${inputs.name}-${keyOf(inputs)}`);
  return {
    async fetch(inputs, path) {
      try {
        const entry = entrySchema.parse(JSON.parse(await readFile(`${base(inputs)}.json`, 'utf8')));
        await copyFile(`${base(inputs)}.tgz`, path);
        await verifyFileDigest(path, entry.digest);
        return true;
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return false;
        await rm(`${base(inputs)}.json`, { force: true });
        return false;
      }
    },
    async store(inputs, path) {
      const target = `${base(inputs)}.tgz`;
      await mkdir(dirname(target), { recursive: true });
      await copyFile(path, `${target}.${process.pid}.tmp`);
      await rename(`${target}.${process.pid}.tmp`, target);
      await writeFileAtomic(`${base(inputs)}.json`, JSON.stringify({ digest: await digestOfFile(target) }));
    },
  };
}

function keyOf({ fingerprint, stemcell, dependencies }: CompileInputs): string {
  const sorted = [...dependencies].sort((a, b) => (a.name < b.name ? -1 : 1));
  const { name: stemcellName, operatingSystem, version, compileKey } = stemcell;
  const text = JSON.stringify([
    fingerprint,
    ...(compileKey == null ? [stemcellName, operatingSystem, version] : [operatingSystem, compileKey]),
    sorted.map(({ name, fingerprint: inner }) => [name, inner]),
  ]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
