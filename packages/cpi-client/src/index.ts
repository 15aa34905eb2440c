export type { CpiCallContext, CpiCallRecord, CpiClient } from './cpi-client.ts';
export type { Deadlines } from './deadlines.ts';
export { type CpiOptions, openCpi } from './open-cpi.ts';
