import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { blobId } from '@boti/core';
import { extract } from 'tar-stream';
import type { DeployContext } from '../context.ts';

const linesPerFile = 15;
const maxFiles = 8;
/** Of each file; the logs of a job may be larger than memory. */
const tailBytes = 64 * 1024;

interface LogTail {
  readonly name: string;
  readonly modified: number;
  readonly content: string;
}

/** The last lines of the job logs of an instance, newest file first, for an error message. */
export async function readLogTails(ctx: DeployContext, agentId: string, name: string): Promise<string> {
  const { blobstore_id: id } = await ctx.agents
    .of(agentId, name)
    .call('fetch_logs', ['job', []], { signal: ctx.signal });
  const directory = await mkdtemp(join(ctx.workDir, 'logs-'));
  try {
    const archive = join(directory, 'logs.tgz');
    await ctx.blobstore.get(blobId(id), archive);
    return (await tailsOf(archive, ctx.signal)).join('\n');
  } finally {
    await rm(directory, { recursive: true, force: true });
    await ctx.blobstore.delete(blobId(id));
  }
}

/** Links and the like, which jobs may have among their logs, are passed over. */
export async function tailsOf(archive: string, signal: AbortSignal): Promise<string[]> {
  const files: LogTail[] = [];
  const unpack = extract();
  const source = createReadStream(archive);
  const reading = pipeline([source, createGunzip(), unpack] as never, { signal });
  const visiting = (async () => {
    for await (const entry of unpack) {
      const content = await lastBytes(entry as AsyncIterable<Buffer>);
      const { type, name, mtime } = entry.header;
      if (type === 'file' && content.trim() !== '') files.push({ name, modified: mtime?.getTime() ?? 0, content });
    }
  })();
  await Promise.all([reading, visiting]);
  files.sort((a, b) => b.modified - a.modified);
  return files.slice(0, maxFiles).flatMap(({ name, content }) => {
    const tail = content.trimEnd().split('\n').slice(-linesPerFile);
    return [`${name.replace(/^\.\//, '')}:`, ...tail.map((line) => `  ${line}`)];
  });
}

async function lastBytes(chunks: AsyncIterable<Buffer>): Promise<string> {
  let last = Buffer.alloc(0);
  for await (const chunk of chunks) last = Buffer.concat([last, chunk]).subarray(-tailBytes);
  return last.toString('utf8');
}
