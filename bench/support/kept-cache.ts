import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Survives from one run to the next, so that only a cold start is one. */
export const keptCache = join(tmpdir(), 'boti-bench-cache');
