import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '@boti/core';

const loopPatienceMs = 120_000;
const executable = join(import.meta.dirname, '../bin/cpi');

interface Answer {
  readonly result: unknown;
  readonly error: { readonly type: string; readonly message: string } | null;
}

/** A container cloud of its own for one test file: state folder, bridge and subnet. Removed when disposed. */
export interface TestCloud extends AsyncDisposable {
  /** Removed in the end. */
  readonly dir: string;
  readonly stateDir: string;
  readonly bridge: string;
  /** Of the cloud itself, in its configuration. */
  readonly properties: object;
  readonly image: string;
  /** An address in the cloud's subnet. */
  ip(host: number): string;
  network(host: number): object;
  /** Calls the executable; throws what it answers as an error. */
  call(method: string, ...args: readonly unknown[]): Promise<unknown>;
  answer(method: string, args: readonly unknown[], version?: number): Promise<Answer>;
  /** By an executable with another cpi.json. */
  answerWith(config: string, method: string, args: readonly unknown[]): Promise<Answer>;
  /** Starts a call in a process group of its own and leaves it to the test. */
  start(method: string, args: readonly unknown[]): ChildProcess;
  command(name: string): Promise<string>;
  /** Runs a command inside a VM. */
  inVm(cid: unknown, script: string): Promise<string>;
  /** Everything on this machine that belongs to the cloud, files in its folder excepted. */
  remains(): Promise<readonly string[]>;
}

export interface Client {
  /** Path of its cpi.json. */
  readonly config: string;
  stop(): Promise<void>;
}

export async function writeCpiConfig(path: string, container: object): Promise<void> {
  const agent = { mbus: 'nats://10.0.0.1:4222' };
  await writeFile(path, JSON.stringify({ cloud: { properties: { container, agent } } }));
}

/** Called by executables that have the cloud themselves, or that `clientOf` makes clients of it. */
export async function testCloud(
  subnet: string,
  bridge: string,
  clientOf?: (dir: string, properties: object) => Promise<Client>,
): Promise<TestCloud> {
  assert.equal(process.getuid?.(), 0, 'These tests make mounts, namespaces and bridges: run them as root');
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'boti-container-')));
  const stateDir = join(dir, 'state');
  const image = await buildImage(join(dir, 'image'));
  const config = join(dir, 'cpi.json');
  const properties = { stateDir, bridge, defaultDiskMib: 64 };
  await writeCpiConfig(config, properties);
  const client = await clientOf?.(dir, properties);

  const { start, answer } = calls(client?.config ?? config);
  const command = async (name: string): Promise<string> =>
    (await runCommand(executable, [name, '--config', config])).stdout;

  return {
    dir,
    stateDir,
    bridge,
    properties,
    image,
    answer,
    answerWith: (other, method, args) => calls(other).answer(method, args),
    start,
    command,
    ip: (host) => `${subnet}.${host}`,
    network: (host) => ({
      default: {
        type: 'manual',
        ip: `${subnet}.${host}`,
        netmask: '255.255.255.0',
        gateway: `${subnet}.1`,
        dns: ['8.8.8.8'],
        default: ['dns', 'gateway'],
      },
    }),
    async call(method, ...args) {
      const { result, error } = await answer(method, args);
      if (error !== null) throw Object.assign(new Error(error.message), { type: error.type });
      return result;
    },
    async inVm(cid, script) {
      const config = JSON.parse(await readFile(join(stateDir, 'vms', String(cid), 'config.json'), 'utf8')) as {
        linux: { cgroupsPath: string };
      };
      const name = config.linux.cgroupsPath.split('/')[2] ?? '';
      const args = ['--root', join(stateDir, 'runtime'), 'exec', name, '/bin/sh', '-c', script];
      return (await runCommand('runc', args)).stdout;
    },
    remains: () => remains(stateDir, bridge),
    async [Symbol.asyncDispose]() {
      await client?.stop();
      await command('cleanup');
      await rm(dir, { recursive: true });
    },
  };
}

function calls(config: string): Pick<TestCloud, 'start' | 'answer'> {
  const start = (method: string, args: readonly unknown[], api_version = 2): ChildProcess => {
    const child = spawn(executable, ['--config', config], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    child.stdin.end(JSON.stringify({ method, arguments: args, context: { director_uuid: 'd' }, api_version }));
    return child;
  };
  const answer = async (method: string, args: readonly unknown[], version = 2): Promise<Answer> => {
    const child = start(method, args, version);
    const [out, err] = await Promise.all([
      text(child.stdout as NodeJS.ReadableStream),
      text(child.stderr as NodeJS.ReadableStream),
    ]);
    assert.notEqual(out, '', `no answer to ${method}: ${err}`);
    return JSON.parse(out) as Answer;
  };
  return { start, answer };
}

/** The smallest tree that the cloud can start: busybox and tini, with a shell script in the place of runsvdir. */
export async function buildImage(tree: string): Promise<string> {
  const dirs = [
    'bin',
    'usr/bin',
    'etc/service',
    'proc',
    'sys',
    'dev',
    'tmp',
    'root',
    'var/vcap/bosh/log',
    'var/vcap/data',
  ];
  for (const dir of dirs) await mkdir(join(tree, dir), { recursive: true });
  await chmod(join(tree, 'var/vcap/data'), 0o750);
  await copyFile('/bin/busybox', join(tree, 'bin/busybox'));
  for (const name of [
    'sh',
    'mknod',
    'mount',
    'umount',
    'cat',
    'sleep',
    'rm',
    'ls',
    'df',
    'ip',
    'ping',
    'hostname',
    'dd',
    'stat',
    'id',
    'sync',
    'grep',
    'touch',
  ]) {
    await symlink('busybox', join(tree, 'bin', name));
  }
  await symlink('/bin/rm', join(tree, 'usr/bin/rm'));
  await copyFile('/usr/bin/tini-static', join(tree, 'usr/bin/tini'));
  const init = '#!/bin/sh\ntrap "echo bye; exit 0" HUP TERM\necho booted with $*\nwhile :; do sleep 1 & wait; done\n';
  await writeFile(join(tree, 'usr/bin/runsvdir'), init, { mode: 0o755 });
  await runCommand('tar', ['-czf', `${tree}.tgz`, '-C', tree, '.']);
  return `${tree}.tgz`;
}

/** A loop device lives as long as any mount namespace on the machine has its mount, a container's that just starts among them. */
async function remains(stateDir: string, bridge: string): Promise<readonly string[]> {
  const deadline = Date.now() + loopPatienceMs;
  for (;;) {
    const found = await remainsNow(stateDir, bridge);
    if (!found.some((line) => line.includes('(deleted)')) || Date.now() > deadline) return found;
    await delay(100);
  }
}

async function remainsNow(stateDir: string, bridge: string): Promise<readonly string[]> {
  const found: string[] = [];
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  found.push(...mounts.split('\n').filter((line) => line.includes(stateDir)));
  for (const name of await readdir('/sys/block')) {
    const file = await readFile(`/sys/block/${name}/loop/backing_file`, 'utf8').catch(() => '');
    if (file.startsWith(stateDir)) found.push(`${name} ${file}`);
  }
  const links = await readdir('/sys/class/net');
  if (links.includes(bridge)) {
    found.push(...(await readdir(`/sys/class/net/${bridge}/brif`)).map((port) => `port ${port}`), `bridge ${bridge}`);
  }
  const { stdout } = await runCommand('ps', ['-eo', 'pid,args']);
  found.push(...stdout.split('\n').filter((line) => line.includes(stateDir) && !line.includes('ps -eo')));
  return found;
}
