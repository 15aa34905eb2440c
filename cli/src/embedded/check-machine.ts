import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ExpectedError, isThere, tryCommand } from '@boti/core';
import type { BotiHome } from './boti-home.ts';
import { type Component, runningProcess } from './process-control.ts';
import { sourceTree } from './source-tree.ts';

/** Throws what keeps the embedded cloud from working here, with what mends it. */
export async function checkMachine(home: BotiHome, components: readonly Component[]): Promise<void> {
  checkSystem();
  await requireControlGroups();
  await requirePackages();
  for (const component of components) await requireFreePort(home, component);
}

/** What can be told without looking around. */
export function checkSystem(): void {
  if (process.platform !== 'linux') {
    throw new ExpectedError(`The embedded cloud runs on Linux, not on ${process.platform}`, {
      hint: 'Run it in a Linux VM; this program reaches its Director from anywhere with -e.',
    });
  }
  if (process.getuid?.() !== 0) {
    throw new ExpectedError('The embedded cloud needs root: it mounts disks and makes network interfaces', {
      hint: "Run it as root, or with 'sudo'.",
    });
  }
}

/** Version 2, or 1 with its controllers mounted. VMs cannot be limited without; the cloud would tell only at the first one. */
async function requireControlGroups(root = '/sys/fs/cgroup'): Promise<void> {
  const found = await Promise.all(['cgroup.controllers', 'memory/tasks'].map((file) => isThere(join(root, file))));
  if (found.includes(true)) return;
  throw new ExpectedError(`No control groups are mounted at ${root}: VMs cannot be limited`, {
    hint: `Mount them, for example with 'mount -t cgroup2 none ${root}'. In a container, let it have those of its host.`,
  });
}

const packageFormat = `-f=\${Package} \${db:Status-Status}\n`;

async function requirePackages(): Promise<void> {
  const wanted = (await readFile(sourceTree.aptPackages, 'utf8')).split('\n').filter((line) => /^[a-z0-9]/.test(line));
  const { stdout } = await tryCommand('dpkg-query', ['-W', packageFormat, ...wanted]);
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  const missing = wanted.filter((name) => !installed.has(name));
  if (missing.length === 0) return;
  throw new ExpectedError(`These Debian packages are missing: ${missing.join(', ')}`, {
    hint: `Install them: apt-get install ${missing.join(' ')} (or run 'npm run up', which does).`,
  });
}

async function requireFreePort(home: BotiHome, { name, port }: Component): Promise<void> {
  if ((await runningProcess(home, name)) !== undefined) return;
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const server = createServer();
  server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  server.listen(port, home.addresses.listen, () => server.close(() => resolve(undefined)));
  if ((await promise) !== 'EADDRINUSE') return;
  throw new ExpectedError(`Port ${port}, which ${name} needs, is taken by another program`, {
    hint: `'ss -ltnp sport = :${port}' shows which. Stop it, or a boti with another BOTI_HOME ('boti down').`,
  });
}
