import { parseArgs } from 'node:util';
import { ExpectedError, jsonLogger, type Logger, systemClock } from '@boti/core';
import { crashPointsFile, type DirectorConfig, loadConfig } from './config.ts';
import { crashPoints } from './crash-points.ts';
import { type RunningDirector, startDirector } from './start-director.ts';

/** `director --config FILE`: runs until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { config: { type: 'string' } }, allowPositionals: true });
  const file = values.config ?? positionals[0];
  if (file === undefined) throw new ExpectedError('Usage: director --config FILE');
  const config = await loadConfig(file);
  const log = jsonLogger(process.stderr, config.logLevel, { process: 'director', pid: process.pid });
  // What nobody awaits must not end a Director with tasks under way: it is logged as the bug it is.
  process.on('unhandledRejection', (error) => log.error('a promise was rejected and nobody looked', { error }));
  const stopped = Promise.withResolvers<void>();
  const crashFile = crashPointsFile();
  const crashing = crashFile === undefined ? {} : { crashPoints: crashPoints(crashFile) };
  const director = await startDirector({ config, log, clock: systemClock, ...crashing });
  stopOnSignals(director, { config, log, stopped: stopped.resolve });
  process.stdout.write(`${JSON.stringify({ ready: true, urls: director.urls })}\n`);
  await stopped.promise;
}

interface StopOptions {
  readonly config: DirectorConfig;
  readonly log: Logger;
  readonly stopped: () => void;
}

/** The first signal stops the Director in order; the second ends it at once. */
function stopOnSignals(director: RunningDirector, { config, log, stopped }: StopOptions): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info(`stopping upon ${signal}`);
    director
      .stop(config.shutdownSeconds * 1000)
      .catch((error: unknown) => {
        log.error('the Director did not stop in order', { error });
        process.exitCode = 1;
      })
      .finally(stopped);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  const isExpected = error instanceof ExpectedError;
  const text = isExpected ? error.message : String(error instanceof Error ? error.stack : error);
  const hint = isExpected && error.hint !== undefined ? `\n${error.hint}` : '';
  process.stderr.write(`${text}${hint}\n`);
  process.exitCode = 1;
});
