#!/usr/bin/env node
import { version } from './version.ts';

const args = process.argv.slice(2);

// The version comes without loading anything.
if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) process.stdout.write(`version ${version}\n`);
else void run();

async function run(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endQuietly);
  const { runProgram } = await import('./run-program.ts');
  process.exitCode = await runProgram(args, { streams: process, env: process.env });
}

/** `boti … | head`: the reader has seen enough. As if killed by SIGPIPE. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(141);
  throw error;
}
