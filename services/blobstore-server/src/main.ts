#!/usr/bin/env node
import { mkdir } from 'node:fs/promises';
import { BlobDirectory } from '@boti/blobstore';
import { jsonLogger, systemClock } from '@boti/core';
import { configPath, runProgram, stopSignal } from '@boti/service';
import { loadConfig } from './config.ts';
import { startServer } from './server.ts';

async function main(): Promise<void> {
  const config = await loadConfig(configPath('blobstore-server'));
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

runProgram('blobstore-server', main);
