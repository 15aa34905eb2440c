import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { BlobDirectory } from '@boti/blobstore';
import { byteRange } from '@boti/core';
import { answer } from './answer.ts';

/** GET and HEAD, of the whole blob or of one range. */
export async function sendBlob(
  { directory, id }: { readonly directory: BlobDirectory; readonly id: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number> {
  const size = await directory.size(id);
  if (size === undefined) return await answer(response, 404);
  const range = byteRange(request.headers.range, size);
  if (range === 'unsatisfiable') return await answer(response, 416, { 'content-range': `bytes */${size}` });
  const stream = request.method === 'HEAD' ? undefined : await directory.read(id, range ?? {});
  if (request.method !== 'HEAD' && stream === undefined) return await answer(response, 404);
  const status = range === undefined ? 200 : 206;
  response.writeHead(status, {
    'content-type': 'application/octet-stream',
    'content-length': range === undefined ? size : range.end - range.start + 1,
    'accept-ranges': 'bytes',
    ...(range && { 'content-range': `bytes ${range.start}-${range.end}/${size}` }),
  });
  if (stream === undefined) response.end();
  else await pipeline(stream, response);
  return status;
}
