import { CloudError } from '@boti/cpi-sdk';
import { z } from 'zod';

/**
 * How a call travels to the API: `POST /v1/calls/ID` with one line of JSON, and behind the line the bytes of the image
 * when there is one. `DELETE /v1/calls/ID` cancels it. The answer is the CPI's response.
 */
export const callPath = (id: string): string => `/v1/calls/${id}`;
export const callIdPattern = /^\/v1\/calls\/([0-9a-f-]{36})$/;

const headSchema = z.strictObject({
  /** As the CPI contract says, but for the path of an image. */
  request: z.looseObject({ method: z.string(), arguments: z.array(z.unknown()) }),
  image: z.strictObject({ bytes: z.number().int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
});
export type CallHead = z.infer<typeof headSchema>;
export type ImageHead = NonNullable<CallHead['image']>;

/** Longest line of JSON. Requests with many networks and a large env have some 100 kB. */
export const maxHeadBytes = 4 * 2 ** 20;

const newline = 0x0a;

/** Reads the line; the rest of the message comes as it arrives. */
export async function readHead(
  message: AsyncIterable<Buffer>,
): Promise<{ readonly head: CallHead; readonly rest: AsyncIterable<Buffer> }> {
  const chunks = message[Symbol.asyncIterator]();
  const parts: Buffer[] = [];
  for (let bytes = 0; bytes <= maxHeadBytes; ) {
    const { value: chunk, done } = await chunks.next();
    if (done === true) return { head: parseHead(Buffer.concat(parts)), rest: following(Buffer.alloc(0), chunks) };
    const end = chunk.indexOf(newline);
    const part = end === -1 ? chunk : chunk.subarray(0, end);
    parts.push(part);
    if (end !== -1) return { head: parseHead(Buffer.concat(parts)), rest: following(chunk.subarray(end + 1), chunks) };
    bytes += part.length;
  }
  throw malformed(`its first line has more than ${maxHeadBytes} bytes`);
}

async function* following(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

function parseHead(line: Buffer): CallHead {
  try {
    return headSchema.parse(JSON.parse(line.toString()));
  } catch (cause) {
    throw malformed(cause instanceof z.ZodError ? z.prettifyError(cause) : 'its first line is no JSON', cause);
  }
}

function malformed(problem: string, cause?: unknown): CloudError {
  return new CloudError('CpiError', `The call to the container cloud is malformed: ${problem}`, {
    hint: 'Client and server must be of the same version.',
    cause,
  });
}
