import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openTempDir, type TempDir } from '@boti/core';
import { CloudError } from '@boti/cpi-sdk';
import type { ImageHead } from './call-message.ts';

export const uploadsDir = (stateDir: string): string => join(stateDir, 'uploads');

export interface ReceivedImage extends AsyncDisposable {
  readonly path: string;
}

interface Incoming {
  readonly stateDir: string;
  readonly maxImageMib: number;
  readonly signal: AbortSignal;
}

/** Writes an image to a file, which is gone when it is disposed of. Refuses what is not as the sender announced it. */
export async function receiveImage(
  content: AsyncIterable<Buffer>,
  { bytes, sha256 }: ImageHead,
  { stateDir, maxImageMib, signal }: Incoming,
): Promise<ReceivedImage> {
  if (bytes > maxImageMib * 2 ** 20) throw tooLarge(bytes, maxImageMib);
  await mkdir(uploadsDir(stateDir), { recursive: true, mode: 0o700 });
  await requireRoom(stateDir, bytes);
  await using undo = new AsyncDisposableStack();
  const dir: TempDir = undo.use(await openTempDir('image-', uploadsDir(stateDir)));
  const path = join(dir.path, 'image');
  const hash = createHash('sha256');
  let received = 0;
  const checked = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of content) {
      received += chunk.length;
      if (received > bytes) throw notAsAnnounced(`has more than the ${bytes} bytes that were announced`);
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(checked, createWriteStream(path, { mode: 0o600 }), { signal });
  if (received !== bytes) throw notAsAnnounced(`has ${received} bytes, ${bytes} were announced`);
  if (hash.digest('hex') !== sha256) throw notAsAnnounced('does not have the digest that was announced');
  const kept = undo.move();
  return { path, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** For the image itself and about as much again for what is in it. */
async function requireRoom(dir: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (free > 2 * bytes) return;
  throw new CloudError(
    'NoDiskSpace',
    `An image of ${mib(bytes)} MiB does not fit: ${mib(free)} MiB are free at ${dir}`,
    {
      hint: 'Delete stemcells, VMs or disks that are not needed, or give the container cloud a larger disk.',
    },
  );
}

const mib = (bytes: number): number => Math.ceil(bytes / 2 ** 20);

function tooLarge(bytes: number, maxImageMib: number): CloudError {
  return new CloudError('CloudError', `The image has ${mib(bytes)} MiB; the container cloud takes ${maxImageMib}`, {
    hint: "Raise 'api.maxImageMib' in the configuration of its API.",
  });
}

function notAsAnnounced(problem: string): CloudError {
  return new CloudError('CloudError', `The image that arrived ${problem}`, {
    hint: 'It was changed while it was sent. Upload it again.',
  });
}
