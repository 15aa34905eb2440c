import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { blobId } from '@boti/core';
import { extract } from 'tar-stream';
import type { DeployContext } from '../context.ts';

const linesPerFile = 15;
const maxFiles = 8;

/** The last lines of the job logs of an instance, newest file first, for an error message. */
export async function readLogTails(ctx: DeployContext, agentId: string, name: string): Promise<string> {
  const { blobstore_id: id } = await ctx.agents
    .of(agentId, name)
    .call('fetch_logs', ['job', []], { signal: ctx.signal });
  const directory = await mkdtemp(join(ctx.workDir, 'logs-'));
  try {
    const archive = join(directory, 'logs.tgz');
    await ctx.blobstore.get(blobId(id), archive);
    return (await tailsOf(archive)).join('\n');
  } finally {
    await rm(directory, { recursive: true, force: true });
    await ctx.blobstore.delete(blobId(id));
  }
}

async function tailsOf(archive: string): Promise<string[]> {
  const files: { readonly name: string; readonly modified: number; readonly content: string }[] = [];
  const unpack = extract();
  createReadStream(archive).pipe(createGunzip()).pipe(unpack);
  for await (const entry of unpack) {
    const content = await text(entry);
    if (entry.header.type !== 'file' || content.trim() === '') continue;
    files.push({ name: entry.header.name, modified: entry.header.mtime?.getTime() ?? 0, content });
  }
  files.sort((a, b) => b.modified - a.modified);
  return files.slice(0, maxFiles).flatMap(({ name, content }) => {
    const tail = content.trimEnd().split('\n').slice(-linesPerFile);
    return [`${name.replace(/^\.\//, '')}:`, ...tail.map((line) => `  ${line}`)];
  });
}
