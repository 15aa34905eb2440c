/** `npm run check`: everything that can be said about the code without running the system. Stops at the first failure. */
import { spawnSync } from 'node:child_process';

const bin = (name: string): string => `node_modules/.bin/${name}`;
const steps: readonly (readonly [string, readonly string[]])[] = [
  ['format and lint', [bin('biome'), 'ci', '--error-on-warnings', '.']],
  ['types', [bin('tsc')]],
  ['promises', [bin('oxlint'), '--type-aware', '--deny-warnings', '.']],
  ['layers', ['bin/node', 'tools/check-imports.ts']],
  ['unused code', [bin('knip'), '--no-progress', '--no-config-hints']],
  ['documentation', [bin('markdownlint-cli2')]],
  ['change fragments', ['bin/node', 'tools/changelog.ts', '--check']],
  ['links in documentation', ['bin/node', 'tools/check-links.ts']],
  ['unit tests', ['bin/node', 'tools/test.ts', 'unit']],
];

for (const [name, [command = '', ...args]] of steps) {
  const started = performance.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.error(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status !== 0) process.exit(1);
}
