import { enableCompileCache } from 'node:module';
import { ExpectedError, jsonLogger, messageOf } from '@boti/core';
import { runAgent } from './agent.ts';
import { loadConfig, parseCommandLine, usage } from './config.ts';

const args = process.argv.slice(2);
if (args.includes('-h') || args.includes('--help')) {
  process.stdout.write(usage);
  process.exit(0);
}
enableCompileCache();
const logger = jsonLogger(process.stdout, args.includes('-v') ? 'debug' : 'info');
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => stop.abort(new ExpectedError(`ended by ${signal}`)));

try {
  const commandLine = parseCommandLine(args);
  const config = await loadConfig(commandLine.configPath);
  await runAgent({ commandLine, config, logger, signal: stop.signal, exit: () => process.exit(0) });
  process.exit(0);
} catch (error) {
  if (stop.signal.aborted) process.exit(0);
  const hint = error instanceof ExpectedError ? error.hint : undefined;
  logger.error(messageOf(error), error instanceof ExpectedError ? { hint } : { error });
  process.exit(1);
}
