#!/usr/bin/env node
import { version } from './version.ts';

const args = process.argv.slice(2);

// The version comes without loading anything.
if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) process.stdout.write(`version ${version}\n`);
else void run();

async function run(): Promise<void> {
  const { runProgram } = await import('./run-program.ts');
  process.exitCode = await runProgram(args, { streams: process, env: process.env });
}
