import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@boti/core';
import { type DirectorCli, directorCli } from './director-cli.ts';
import { botiProgram, cacheDir, type EmbeddedDirector, root, stemcell } from './embedded-director.ts';
import type { Operation } from './redis-deployment.ts';

/** A Director that `create-env` puts into a VM of this machine's container cloud. */
export interface BootstrappedDirector {
  readonly address: string;
  readonly stemcell: string;
  /** Answers what it has said. */
  createEnv(flags: readonly string[], ...operations: readonly Operation[]): Promise<string>;
  deleteEnv(): Promise<string>;
  /** Our CLI as its administrator. There once createEnv has succeeded. */
  cli(deployment: string): Promise<DirectorCli>;
  /** Keys of the state file. */
  state(): Promise<{ readonly current_vm_cid: string; readonly disks: readonly { readonly cid: string }[] }>;
  /** What the cloud has: VMs, disks, stemcells. */
  cloudContent(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Takes a VM away behind everybody's back. */
  loseVm(cid: string): Promise<void>;
}

export async function bootstrappedDirector(machine: EmbeddedDirector): Promise<BootstrappedDirector> {
  const { dir, home, env, ip, boti } = machine;
  await boti('cloud', 'up', '--network', `${ip(0)}/24`, '--listen', new URL(machine.url).hostname);
  const [tarball, release] = await Promise.all([stemcell(machine, undefined), botiRelease(dir)]);
  const [credentials, state] = [join(dir, 'creds.yml'), join(dir, 'state.json')];
  const variables = {
    director_name: 'circle',
    internal_cidr: `${ip(0)}/24`,
    internal_gw: ip(1),
    internal_ip: ip(10),
    boti_release: release,
    stemcell: tarball,
  };
  const manifest = async (operations: readonly Operation[]): Promise<readonly string[]> => {
    const own = join(dir, 'environment-operations.json');
    const all = operations.map((operation) => ({ type: 'replace', ...operation }));
    await writeFile(own, JSON.stringify(all));
    return [
      join(root, 'deployment/boti.yml'),
      ...['-o', join(root, 'deployment/container/cpi.yml'), '-o', own],
      ...['--state', state, '--vars-store', credentials, '-l', join(home, 'cloud-client.yml')],
      ...Object.entries(variables).flatMap(([name, value]) => ['-v', `${name}=${value}`]),
    ];
  };
  const credential = async (path: string): Promise<string> =>
    (await boti('interpolate', credentials, '--path', path)).trim();

  return {
    address: ip(10),
    stemcell: tarball,
    createEnv: async (flags, ...operations) => boti('create-env', ...(await manifest(operations)), ...flags),
    deleteEnv: async () => boti('delete-env', ...(await manifest([]))),
    state: async () => JSON.parse(await readFile(state, 'utf8')),
    async cli(deployment) {
      return directorCli(botiProgram, {
        ...env,
        BOSH_ENVIRONMENT: `https://${ip(10)}:25555`,
        BOSH_CA_CERT: await credential('/director_ssl/ca'),
        BOSH_CLIENT: 'admin',
        BOSH_CLIENT_SECRET: await credential('/admin_password'),
        BOSH_DEPLOYMENT: deployment,
      });
    },
    cloudContent: async () => (await callCpi(home, 'list', [])) as Record<string, readonly string[]>,
    loseVm: async (cid) => void (await callCpi(home, 'delete_vm', [cid])),
  };
}

async function callCpi(home: string, method: string, args: readonly unknown[]): Promise<unknown> {
  const input = JSON.stringify({ method, arguments: args, context: { director_uuid: 'test' }, api_version: 2 });
  const { stdout } = await runCommand(join(home, 'etc/cpi'), [], { input });
  const { result, error } = JSON.parse(stdout) as { readonly result: unknown; readonly error: unknown };
  if (error !== null) throw new Error(`${method}: ${JSON.stringify(error)}`);
  return result;
}

/** Taken from the cache when nothing that it is made of has changed. */
async function botiRelease(dir: string): Promise<string> {
  const path = join(dir, 'boti-release.tgz');
  const tool = join(root, 'tools/build-boti-release.ts');
  await runCommand(join(root, 'bin/node'), [tool, '--cache-dir', join(cacheDir, 'deployment'), '--output', path]);
  return path;
}
