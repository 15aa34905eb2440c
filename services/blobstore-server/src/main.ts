#!/usr/bin/env node
import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { BlobDirectory } from '@boti/blobstore';
import { ExpectedError, jsonLogger, messageOf, systemClock } from '@boti/core';
import { loadConfig } from './config.ts';
import { startServer } from './server.ts';

async function main(): Promise<void> {
  const config = await loadConfig(configPath());
  const logger = jsonLogger(process.stderr, config.log_level);
  await mkdir(config.directory, { recursive: true });
  const directory = new BlobDirectory(config.directory);
  await directory.removeStaleUploads(systemClock.now().getTime());
  const server = await startServer(config, { config, directory, logger, clock: systemClock });
  process.stdout.write(`${JSON.stringify({ ready: true, urls: server.urls })}\n`);
  const signal = await stopSignal();
  logger.info('the blobstore stops', { signal });
  await server[Symbol.asyncDispose]();
}

function configPath(): string {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config !== undefined) return values.config;
  throw new ExpectedError('Which configuration?', { hint: 'Say: blobstore-server --config FILE' });
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

main().catch((error: unknown) => {
  const hint = error instanceof ExpectedError && error.hint !== undefined ? `\n${error.hint}` : '';
  process.stderr.write(`blobstore-server: ${messageOf(error)}${hint}\n`);
  process.exitCode = 1;
});
