import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentMutants } from './agents.ts';
import { errorMutants } from './errors.ts';
import { hostileInputMutants } from './hostile-input.ts';
import { identityMutants } from './identity.ts';
import { lifeCycleMutants } from './life-cycle.ts';
import type { Mutant } from './mutant.ts';
import { raceMutants } from './races.ts';
import { secretMutants } from './secrets.ts';
import { serveMutants } from './serve.ts';
import { versionMutants } from './versions.ts';
import { wireMutants } from './wire.ts';

/** All seeded bugs, each written from the text of the contract alone. */
export const mutants: readonly Mutant[] = [
  ...wireMutants,
  ...secretMutants,
  ...versionMutants,
  ...errorMutants,
  ...lifeCycleMutants,
  ...identityMutants,
  ...raceMutants,
  ...hostileInputMutants,
  ...agentMutants,
  ...serveMutants,
];

/** Writes an executable into `dir` that is this mutant, for callers that run a CPI by its path alone; answers the path. */
export function writeMutantExecutable(dir: string, name: string): string {
  const path = join(dir, `cpi-${name}`);
  writeFileSync(path, `#!/bin/sh\nexec '${join(import.meta.dirname, 'cpi')}' --mutant '${name}' "$@"\n`, {
    mode: 0o755,
  });
  return path;
}
