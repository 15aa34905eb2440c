#!/usr/bin/env node
import { jsonLogger } from '@boti/core';
import { configPath, runProgram, stopSignal } from '@boti/service';
import { loadConfig } from './config.ts';
import { startServer } from './server.ts';
import { openSettingsStore } from './settings-store.ts';

async function main(): Promise<void> {
  const config = await loadConfig(configPath('registry'));
  const logger = jsonLogger(process.stderr, config.log_level);
  const store = await openSettingsStore(config.directory);
  const server = await startServer(config, { users: config.users, store, logger });
  process.stdout.write(`${JSON.stringify({ ready: true, urls: server.urls })}\n`);
  const signal = await stopSignal();
  logger.info('the registry stops', { signal });
  await server[Symbol.asyncDispose]();
}

runProgram('registry', main);
