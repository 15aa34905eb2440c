import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, type KeyAndCertificate } from '@boti/certificates';
import { openTempDir } from '@boti/core';
import { createTemplateRenderer } from '@boti/templates';
import { createEnv, deleteEnv, type EnvironmentOptions, startEnv, stopEnv } from '../src/index.ts';
import { type TestRelease, writeTestRelease, writeTestStemcell } from './artifacts.ts';
import { hastyClock } from './hasty-clock.ts';
import { type ScriptedAgent, startScriptedAgent } from './scripted-agent.ts';
import { cpiRelease, type ScriptedCpi, scriptedCpi } from './scripted-cpi.ts';

/** All that an environment needs: releases, stemcells, a scripted CPI and a scripted agent. */
export interface Scene extends AsyncDisposable {
  readonly dir: string;
  readonly statePath: string;
  readonly cpi: ScriptedCpi;
  readonly agent: ScriptedAgent;
  readonly ca: string;
  /** Everything that was said, as it was said. */
  readonly output: string[];
  readonly remarks: string[];
  run(command: Run): Promise<unknown>;
}

/** A manifest that works in this scene. */
export function aManifest(scene: Scene): string {
  return `---
name: tiny
releases:
- {name: tiny-cpi, url: "file://${scene.dir}/cpi.tgz"}
- {name: dep, url: "file://dep.tgz"}
resource_pools:
- name: vms
  network: private
  stemcell: {url: "file://${scene.dir}/sc1.tgz"}
  cloud_properties: {size: small}
disk_pools:
- {name: disks, disk_size: 1024, cloud_properties: {type: ssd}}
networks:
- name: private
  type: manual
  subnets:
  - range: 10.0.0.0/24
    gateway: 10.0.0.1
instance_groups:
- name: bosh
  instances: 1
  jobs:
  - {name: web, release: dep}
  resource_pool: vms
  persistent_disk_pool: disks
  networks: [{name: private, static_ips: [10.0.0.5]}]
  properties: {text: "one"}
cloud_provider:
  template: {name: cpi, release: tiny-cpi}
  mbus: https://user:pass@127.0.0.1:${scene.agent.port}
  cert:
    ca: |
${scene.ca
  .trim()
  .split('\n')
  .map((line) => `      ${line}`)
  .join('\n')}
  properties: {dir: "${scene.cpi.dir}", agent: {mbus: "https://user:pass@0.0.0.0:${scene.agent.port}"}}
`;
}

export interface Run {
  /** Command and flags. */
  readonly args: readonly string[];
  readonly manifest: string;
  readonly signal?: AbortSignal;
  /** Further options of the run. */
  readonly options?: Partial<EnvironmentOptions>;
}

export const demoRelease: TestRelease = {
  name: 'dep',
  jobs: [
    {
      name: 'web',
      packages: ['app'],
      properties: { text: {}, port: {} },
      templates: { 'bin/ctl': 'ctl', 'config/c.json': '<%= p("text") %>' },
    },
  ],
  packages: [
    { name: 'base', files: { packaging: 'true' } },
    { name: 'app', dependencies: ['base'], files: { packaging: 'true', 'app.txt': 'app' } },
  ],
};

/** As in the recordings of networks and other shapes. */
const shapesRelease: TestRelease = { name: 'dep', jobs: [{ name: 'web', templates: { 't/t': 'text' } }] };

/** A new temporary folder with everything in it; `fresh` empties what runs share. */
export async function openScene({ cpi: ownCpi = cpiRelease } = {}): Promise<Scene> {
  await using undo = new AsyncDisposableStack();
  const { path: dir } = undo.use(await openTempDir('create-env-'));
  const renderer = undo.use(createTemplateRenderer());
  const tls = await agentCertificate();
  const agent = undo.use(await startScriptedAgent(tls.agent, dir));
  await writeTestRelease(join(dir, 'cpi.tgz'), ownCpi);
  await writeTestRelease(join(dir, 'dep.tgz'), demoRelease);
  await writeTestRelease(join(dir, 'e2.tgz'), shapesRelease);
  await writeTestStemcell(join(dir, 'sc1.tgz'), { version: '1' });
  await writeTestStemcell(join(dir, 'sc2.tgz'), { version: '2' });
  await writeTestStemcell(join(dir, 'sc3.tgz'), { version: '3', apiVersion: 1 });
  const cpi = scriptedCpi(join(dir, 'cpi'));
  await mkdir(cpi.dir);
  const output: string[] = [];
  const remarks: string[] = [];
  const statePath = join(dir, 'm-state.json');
  const cleanup = undo.move();
  let runs = 0;
  return {
    dir,
    statePath,
    cpi,
    agent,
    ca: tls.ca,
    output,
    remarks,
    async run({ args, manifest, signal = new AbortController().signal, options = {} }) {
      output.length = 0;
      remarks.length = 0;
      runs += 1;
      const path = join(dir, 'm.yml');
      await writeFile(path, manifest);
      return await command(args, {
        manifest: { path, text: manifest },
        statePath,
        stage: {
          output: {
            begin: (text) => void output.push(text),
            end: (text) => void output.push(`${text}\n`),
            remark: (text) => void remarks.push(text),
          },
        },
        // Nothing is known from the run before.
        places: { bosh: join(dir, '.bosh'), compiledPackages: join(dir, `cache-${runs}`) },
        environment: process.env,
        clock: hastyClock(),
        signal,
        renderer,
        ...options,
      });
    },
    [Symbol.asyncDispose]: () => cleanup.disposeAsync(),
  };
}

async function agentCertificate(): Promise<{ readonly ca: string; readonly agent: KeyAndCertificate }> {
  const ca = await createAuthority('mbus-ca', { days: 1 });
  const request = { commonName: '127.0.0.1', alternativeNames: ['127.0.0.1'], usages: ['server'], days: 1 } as const;
  return { ca: ca.certificate, agent: await ca.issue(request) };
}

async function command(args: readonly string[], options: EnvironmentOptions): Promise<void> {
  const [name, ...flags] = args;
  const has = (flag: string): boolean => flags.includes(flag);
  const skipDrain = has('--skip-drain');
  if (name === 'stop-env') await stopEnv({ ...options, skipDrain });
  else if (name === 'start-env') await startEnv(options);
  else if (name === 'delete-env') await deleteEnv({ ...options, skipDrain });
  else {
    const recreatePersistentDisks = has('--recreate-persistent-disks');
    await createEnv({ ...options, skipDrain, recreate: has('--recreate'), recreatePersistentDisks });
  }
}
