import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BlobDirectory } from '@boti/blobstore';
import { errnoOf } from '@boti/core';
import { answer } from './answer.ts';
import { BlobTooLarge, uploadBody } from './upload-body.ts';

interface Upload {
  readonly directory: BlobDirectory;
  readonly id: string;
  readonly maxBytes: number;
}

/** PUT: all of the body becomes the blob, or nothing does. */
export async function storeBlob(upload: Upload, request: IncomingMessage, response: ServerResponse): Promise<number> {
  const { directory, id, maxBytes } = upload;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return await answer(response, 413);
  // A part of a blob is nothing that this server could store.
  if (request.headers['content-range'] !== undefined) return await answer(response, 400);
  if (request.headers.expect !== undefined) {
    response.writeContinue();
    delete request.headers.expect;
  }
  try {
    const outcome = await directory.write(id, uploadBody(request, maxBytes));
    return await answer(response, outcome === 'created' ? 201 : 204);
  } catch (error) {
    const status = refusalFor(error);
    if (status === undefined) throw error;
    return await answer(response, status);
  }
}

function refusalFor(error: unknown): number | undefined {
  if (error instanceof BlobTooLarge) return 413;
  const code = errnoOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT' ? 507 : undefined;
}
