import { readFile } from 'node:fs/promises';
import { ExpectedError } from '@boti/core';

/** Who PostgreSQL runs as: it refuses root. Undefined is the caller itself. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** The first of these users that the system has; a `postgres` of the distribution is left alone. */
const candidates = ['boti', 'nobody'] as const;

export async function serverUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of candidates) {
    const fields = users.find(([user]) => user === name);
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new ExpectedError(`PostgreSQL does not run as root and this system has no user ${candidates.join(' or ')}`, {
    hint: 'Create the system user boti, or give the URL of a PostgreSQL server.',
  });
}
