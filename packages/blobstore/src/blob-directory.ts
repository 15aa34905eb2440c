import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { errnoOf, syncDirectory } from '@boti/core';
import { objectPath } from './object-path.ts';
import { writeStreamAtomic } from './write-stream-atomic.ts';

const incoming = '.incoming';
const staleMs = 24 * 60 * 60 * 1000;

export interface BlobWriteOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Blobs as files `<xx>/<id>`: several processes, the DAV server among them, may share the directory. */
export class BlobDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Whether there was a blob before. */
  async write(id: string, content: Readable, options: BlobWriteOptions = {}): Promise<'created' | 'replaced'> {
    const path = this.#pathOf(id);
    const temporaryDirectory = join(this.path, incoming);
    await mkdir(temporaryDirectory, { recursive: true });
    await mkdir(dirname(path), { recursive: true });
    const before = await this.size(id);
    await writeStreamAtomic(path, content, { ...options, temporaryDirectory });
    await syncDirectory(dirname(path));
    return before === undefined ? 'created' : 'replaced';
  }

  /** In bytes; undefined when there is no such blob. */
  async size(id: string): Promise<number | undefined> {
    try {
      const entry = await stat(this.#pathOf(id));
      return entry.isFile() ? entry.size : undefined;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** The bytes from `start` to `end`, both included; undefined when there is no such blob. */
  async read(
    id: string,
    range: { readonly start?: number; readonly end?: number } = {},
  ): Promise<Readable | undefined> {
    try {
      const file = await open(this.#pathOf(id), 'r');
      return createReadStream('', { fd: file, highWaterMark: 1 << 18, ...range });
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Whether there was such a blob. */
  async delete(id: string): Promise<boolean> {
    try {
      await rm(this.#pathOf(id));
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  /** Removes what uploads left behind whose process died; running ones are younger. */
  async removeStaleUploads(now: number): Promise<void> {
    const directory = join(this.path, incoming);
    await mkdir(directory, { recursive: true });
    for (const name of await readdir(directory)) {
      const path = join(directory, name);
      const entry = await stat(path).catch(() => undefined);
      if (entry !== undefined && now - entry.mtimeMs > staleMs) await rm(path, { force: true });
    }
  }

  #pathOf(id: string): string {
    return join(this.path, objectPath(id));
  }
}
