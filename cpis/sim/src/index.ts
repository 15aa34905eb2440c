import { join } from 'node:path';

export type { SimConfig } from './config.ts';
export type { Fault } from './faults.ts';

/** The CPI executable of the simulated cloud. Its properties are those of `SimConfig`. */
export const simExecutable = join(import.meta.dirname, '../bin/cpi');
