export type { CpiCallContext, CpiCallRecord, CpiClient } from './cpi-client.ts';
