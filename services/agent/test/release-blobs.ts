import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ApplySpec, PackageRef } from '@boti/agent-protocol';
import { digestOfFile } from '@boti/core';
import type { AgentProcess } from './agent-process.ts';

type Files = Readonly<Record<string, string>>;

/** A tarball of these files in the agent's blobstore. */
export async function blobOf(agent: AgentProcess, files: Files): Promise<{ id: string; sha1: string; path: string }> {
  const dir = mkdtempSync(join(agent.dir, 'blob-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
    chmodSync(join(dir, name), 0o755);
  }
  const id = randomUUID();
  const path = join(agent.dir, 'blobstore', id);
  execFileSync('tar', ['-czf', path, '-C', dir, '.']);
  rmSync(dir, { recursive: true });
  return { id, sha1: await digestOfFile(path, 'sha1'), path };
}

export async function packageOf(agent: AgentProcess, name: string, files: Files): Promise<PackageRef> {
  const { id, sha1 } = await blobOf(agent, files);
  return { name, version: '1.1', sha1, blobstore_id: id };
}

/** An apply spec with these jobs: job name → files (`monit`, `bin/run`, …). */
export async function specOf(
  agent: AgentProcess,
  jobs: Readonly<Record<string, Files>>,
  more: ApplySpec = {},
): Promise<ApplySpec> {
  const files = Object.entries(jobs).flatMap(([job, own]) =>
    Object.entries({ monit: '', ...own }).map(([name, text]) => [`${job}/${name}`, text]),
  );
  const { id, sha1 } = await blobOf(agent, Object.fromEntries(files));
  const names = Object.keys(jobs);
  return {
    deployment: 'dep',
    name: 'web',
    id: 'b012be5c-a836-4b38-89f0-5c963dd797ad',
    az: 'z1',
    index: 0,
    job: {
      name: 'web',
      template: names[0] ?? '',
      version: '1',
      templates: names.map((name) => ({ name, version: '1' })),
    },
    packages: {},
    networks: {
      default: {
        type: 'manual',
        ip: '10.0.0.9',
        netmask: '255.255.255.0',
        gateway: '10.0.0.1',
        cloud_properties: { net: 'n1' },
      },
    },
    configuration_hash: sha1,
    rendered_templates_archive: { sha1, blobstore_id: id },
    persistent_disk: 0,
    ...more,
  };
}

/** A job whose process runs in the foreground of its start program. */
export function daemonJob(agent: AgentProcess, name: string): Files {
  const pidfile = `${agent.base}/sys/run/${name}/${name}.pid`;
  return {
    monit: `check process ${name}
  with pidfile ${pidfile}
  start program "${agent.base}/jobs/${name}/bin/ctl start"
  stop program "${agent.base}/jobs/${name}/bin/ctl stop"
  group vcap
`,
    'bin/ctl': `#!/bin/sh
case $1 in
  start) echo $$ > ${pidfile}; exec sleep 1000 ;;
  stop) kill $(cat ${pidfile}); rm -f ${pidfile} ;;
esac
`,
  };
}
