import { join } from 'node:path';
import { writeFileAtomic } from '@boti/core';
import type { Dirs } from '../dirs.ts';

/** What the job supervisor needs from the agent: its credentials, and where alerts go. */
export async function writeMonitFiles(dirs: Dirs, alertPort: number): Promise<void> {
  // BOSH: platform/linux_platform.go SetupMonitUser writes just this.
  await writeFileAtomic(join(dirs.monit, 'monit.user'), 'vcap:random-password', 0o600);
  await writeFileAtomic(join(dirs.monit, 'empty.monitrc'), '', 0o600);
  await writeFileAtomic(join(dirs.monit, 'alerts.monitrc'), alertsMonitrc(dirs.monit, alertPort), 0o600);
}

/** Also part of stemcells: upstream's agent counts on it. */
export function alertsMonitrc(monitDir: string, port: number): string {
  return `set alert foo@example.com not on { action, instance, pid }
set mailserver 127.0.0.1 port ${port}
  with timeout 15 seconds
set eventqueue
  basedir ${join(monitDir, 'events')}
  slots 5000
set mail-format {
  from: monit@localhost
  subject: Monit Alert
  message: Service: $SERVICE
  Event: $EVENT
  Action: $ACTION
  Date: $DATE
  Description: $DESCRIPTION
}
`;
}
