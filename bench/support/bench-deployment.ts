import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DirectorClient } from '@boti/director-api';
import { fileBody, type Task } from '@boti/director-api';
import { createRelease } from '@boti/release';
import { writeStemcell } from '@boti/stemcell';

/** A job with a process, a template and a package: what the deploys of the benchmarks install. */
const releaseFiles: Readonly<Record<string, string>> = {
  'config/final.yml': 'name: bench\n',
  'config/blobs.yml': '--- {}\n',
  'jobs/sleeper/spec': `---
name: sleeper
templates: {ctl.erb: bin/ctl}
packages: [tool]
properties: {seconds: {default: 100000, description: How long it sleeps}}
`,
  'jobs/sleeper/monit': `check process sleeper
  with pidfile /var/vcap/sys/run/sleeper/pid
  start program "/var/vcap/jobs/sleeper/bin/ctl start"
  stop program "/var/vcap/jobs/sleeper/bin/ctl stop"
  group vcap
`,
  'jobs/sleeper/templates/ctl.erb': `#!/bin/sh
# <%= spec.name %>/<%= spec.index %> at <%= spec.ip %>
pid=/var/vcap/sys/run/sleeper/pid
mkdir -p "$(dirname $pid)"
case $1 in
  start) sleep <%= p('seconds') %> & echo $! > $pid ;;
  stop) kill "$(cat $pid)"; rm -f $pid ;;
esac
`,
  'packages/tool/spec': '---\nname: tool\ndependencies: []\nfiles: []\n',
  'packages/tool/packaging': 'echo tool > "$BOSH_INSTALL_TARGET/tool"\n',
};

export async function makeRelease(directory: string): Promise<string> {
  return makeReleaseOf(directory, 'bench', releaseFiles);
}

export async function makeReleaseOf(
  directory: string,
  name: string,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<string> {
  const dir = join(directory, `${name}-release`);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(dir, dirname(path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  const tarball = join(directory, `${name}.tgz`);
  await createRelease({ dir, force: true, version: '1', tarball, cacheDir: join(directory, 'release-cache') });
  return tarball;
}

/** For the simulated cloud, which looks at no image. */
export async function makeSimStemcell(directory: string): Promise<string> {
  const image = join(directory, 'image');
  await writeFile(image, 'an image');
  const path = join(directory, 'stemcell.tgz');
  const manifest = {
    name: 'bench-stemcell',
    version: '1',
    operatingSystem: 'bench-os',
    apiVersion: 3,
    formats: undefined,
    cloudProperties: {},
    boshProtocol: '1',
  };
  await writeStemcell(path, { manifest, image: { path: image } });
  return path;
}

export function cloudConfig({ network = '10.1.0.0/16', gateway = '10.1.0.1' } = {}): string {
  return `azs: [{name: z1}]
vm_types: [{name: small, cloud_properties: {}}]
disk_types: []
networks:
- name: default
  subnets: [{range: ${network}, gateway: ${gateway}, az: z1, dns: []}]
compilation: {workers: 2, az: z1, vm_type: small, network: default, reuse_compilation_vms: true}
`;
}

/** The watch times are those that upstream was measured with: an instance is first looked at after half a second. */
export function manifest(instances: number, { os = 'bench-os' } = {}): string {
  return `name: ${deploymentName(instances)}
releases: [{name: bench, version: latest}]
stemcells: [{alias: default, os: ${os}, version: latest}]
update: {canaries: 1, max_in_flight: 10, canary_watch_time: 500-5000, update_watch_time: 500-5000}
instance_groups:
- name: sleeper
  instances: ${instances}
  azs: [z1]
  vm_type: small
  stemcell: default
  networks: [{name: default}]
  jobs: [{name: sleeper, release: bench}]
`;
}

export const deploymentName = (instances: number): string => `bench-${instances}`;

export interface TimedTask {
  readonly task: Task;
  /** As the Director records it in the task's debug log: from its start to its end, without the queue. */
  readonly taskSeconds: number;
  /** From the request to the answer that the task has ended. */
  readonly wallSeconds: number;
}

export async function timedTask(client: DirectorClient, start: () => Promise<Task>): Promise<TimedTask> {
  const before = performance.now();
  const task = await client.tasks.follow((await start()).id);
  const wallSeconds = (performance.now() - before) / 1000;
  const log = (await client.tasks.outputFrom(task.id, 'debug', 0)).toString();
  const taskSeconds = Number(/Task took ([\d.]+) seconds/.exec(log)?.[1] ?? Number.NaN);
  return { task, taskSeconds, wallSeconds };
}

export async function upload(client: DirectorClient, parts: { release: string; stemcell: string; config: string }) {
  await client.legacyConfigs.update('cloud', parts.config);
  const stemcell = await client.stemcells.upload(await fileBody(parts.stemcell), false);
  await client.tasks.follow(stemcell.id);
  const release = await client.releases.upload(await fileBody(parts.release), {});
  await client.tasks.follow(release.id);
}
