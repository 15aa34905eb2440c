#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { version } from './version.ts';

// Not in the temporary folder, where others could lay code for root.
enableCompileCache(join(homedir(), '.cache/boti/compiled-code'));
const args = process.argv.slice(2);

// The version comes without loading anything.
if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
  process.stdout.write(`version ${version}\n`);
} else {
  const { runProgram } = await import('./run-program.ts');
  process.exitCode = await runProgram(args, { streams: process, env: process.env });
}
