import type { Blobstore } from '@boti/blobstore';
import type { Clock } from '@boti/core';
import type { DiffLine } from '@boti/manifest';
import type { Database } from '../database/sql.ts';
import type { TaskQueueWriter } from '../tasks/task-queue.ts';
import type { Authorizer } from './rights.ts';

/** What routes work with. */
export interface ApiDeps {
  readonly database: Database;
  readonly tasks: TaskQueueWriter;
  readonly authorizer: Authorizer;
  readonly blobstore: Blobstore;
  readonly clock: Clock;
  readonly diff: DiffDocuments;
  readonly director: DirectorIdentity;
}

export interface DirectorIdentity {
  readonly name: string;
  readonly uuid: string;
  readonly version: string;
  readonly cpi: string;
  readonly snapshots: boolean;
  /** PEM files whose end is shown by `/director/certificate_expiry`. */
  readonly certificates: readonly string[];
}

/** Compares two YAML documents line by line, as `deploy` shows it. */
export type DiffDocuments = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  options: { readonly redact: boolean },
) => readonly DiffLine[];
