import { join } from 'node:path';

/** Every path of the agent. `base` is `/var/vcap`, `root` is `/`, but for tests. */
export interface Dirs {
  readonly base: string;
  readonly bosh: string;
  readonly data: string;
  readonly jobs: string;
  readonly packages: string;
  readonly monit: string;
  readonly monitJobs: string;
  readonly instance: string;
  readonly store: string;
  readonly storeMigrationTarget: string;
  readonly blobs: string;
  readonly sensitiveBlobs: string;
  readonly dynamicDisks: string;
  readonly compile: string;
  readonly tmp: string;
  readonly jobLogs: string;
  readonly agentLogs: string;
  readonly systemLogs: string;
  /** A path of the operating system: `etc('hosts')` is `/etc/hosts`. */
  etc(...names: readonly string[]): string;
  /** A path from the root: `system('dev')` is `/dev`. */
  system(...names: readonly string[]): string;
}

export function dirsAt(base: string, root = '/'): Dirs {
  const data = join(base, 'data');
  return {
    base,
    bosh: join(base, 'bosh'),
    data,
    jobs: join(base, 'jobs'),
    packages: join(base, 'packages'),
    monit: join(base, 'monit'),
    monitJobs: join(base, 'monit/job'),
    instance: join(base, 'instance'),
    store: join(base, 'store'),
    storeMigrationTarget: join(base, 'store_migration_target'),
    blobs: join(data, 'blobs'),
    sensitiveBlobs: join(data, 'sensitive_blobs'),
    dynamicDisks: join(data, 'dynamic_disks'),
    compile: join(data, 'compile'),
    tmp: join(data, 'tmp'),
    jobLogs: join(data, 'sys/log'),
    agentLogs: join(base, 'bosh/log'),
    systemLogs: join(root, 'var/log'),
    etc: (...names) => join(root, 'etc', ...names),
    system: (...names) => join(root, ...names),
  };
}
