export type { CpiCallContext, CpiCallRecord, CpiClient } from './cpi-client.ts';
export type { Deadlines } from './deadlines.ts';
export { type CpiOptions, openCpi } from './open-cpi.ts';
export { callRaw, type RawCall, type RawOutcome, type RawResponse } from './raw-call.ts';
export type { WireRequest } from './reply.ts';
export { type CreationKind, undoCreation } from './undo-creation.ts';
