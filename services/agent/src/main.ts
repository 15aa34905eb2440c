import { ExpectedError, jsonLogger, messageOf } from '@boti/core';
import { runAgent } from './agent.ts';
import { loadConfig, parseCommandLine, usage } from './config.ts';

const args = process.argv.slice(2);
const logger = jsonLogger(process.stdout, args.includes('-v') ? 'debug' : 'info');
const stop = new AbortController();

// No top-level await: the bundle is CommonJS, in which Node takes half the memory (imported as a module, `node:http`
// loads a whole WebSocket client).
async function main(): Promise<void> {
  if (args.includes('-h') || args.includes('--help')) {
    process.stdout.write(usage);
    return;
  }
  const commandLine = parseCommandLine(args);
  const config = await loadConfig(commandLine.configPath);
  await runAgent({ commandLine, config, logger, signal: stop.signal, exit: () => process.exit(0) });
}

function fail(error: unknown): void {
  if (stop.signal.aborted) process.exit(0);
  const hint = error instanceof ExpectedError ? error.hint : undefined;
  logger.error(messageOf(error), error instanceof ExpectedError ? { hint } : { error });
  process.exit(1);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => stop.abort(new ExpectedError(`ended by ${signal}`)));
}
main().then(() => process.exit(0), fail);
