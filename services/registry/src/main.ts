#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { ExpectedError, jsonLogger, messageOf } from '@boti/core';
import { loadConfig } from './config.ts';
import { startServer } from './server.ts';
import { openSettingsStore } from './settings-store.ts';

async function main(): Promise<void> {
  const config = await loadConfig(configPath());
  const logger = jsonLogger(process.stderr, config.log_level);
  const store = await openSettingsStore(config.directory);
  const server = await startServer(config, { users: config.users, store, logger });
  process.stdout.write(`${JSON.stringify({ ready: true, urls: server.urls })}\n`);
  const signal = await stopSignal();
  logger.info('the registry stops', { signal });
  await server[Symbol.asyncDispose]();
}

function configPath(): string {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config !== undefined) return values.config;
  throw new ExpectedError('Which configuration?', { hint: 'Say: registry --config FILE' });
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

main().catch((error: unknown) => {
  const hint = error instanceof ExpectedError && error.hint !== undefined ? `\n${error.hint}` : '';
  process.stderr.write(`registry: ${messageOf(error)}${hint}\n`);
  process.exitCode = 1;
});
