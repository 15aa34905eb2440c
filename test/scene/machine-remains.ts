import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { tryCommand } from '@boti/core';

/** Finds what one `BOTI_HOME`, whose VMs are in `vms`, has on this machine outside of its folder, whatever else runs here. */
export interface Trace extends Disposable {
  /** Processes, mounts, loop devices, namespaces, interfaces, control groups, firewall rules, files in /run. */
  remains(): Promise<readonly string[]>;
  readonly vmNames: ReadonlySet<string>;
}

export function traceOf(home: string, bridge: string, vms = join(home, 'cloud/vms')): Trace {
  /** Containers, and the group that holds their control groups. */
  const vmNames = new Set<string>();
  const groups = new Set<string>();
  const isOurs = (name: string): boolean =>
    name === bridge || [...vmNames, ...groups].some((ours) => name === ours || name.startsWith(interfacePrefix(ours)));
  const note = async (): Promise<void> => {
    for (const cid of await readdir(vms).catch(() => [])) {
      const [group, name] = await containerNames(join(vms, cid, 'config.json'));
      if (group !== undefined) groups.add(group);
      if (name !== undefined) vmNames.add(name);
    }
  };
  // While VMs are there: afterwards nobody knows how they were called.
  const noting = setInterval(() => void note(), 200).unref();
  return {
    vmNames,
    [Symbol.dispose]: () => clearInterval(noting),
    async remains() {
      const named = await namesOnMachine();
      return [
        ...(await processes(home, groups)),
        ...(await linesWith('/proc/self/mountinfo', home)).map((line) => `mount ${line}`),
        ...(await loopDevices(home)),
        ...named.filter(({ name }) => isOurs(name)).map(({ kind, name }) => `${kind} ${name}`),
        ...(await firewallRules(bridge)),
      ];
    },
  };
}

/** VM `boti-3b4875f1` has the interfaces `boti3b4875f1.0`, … */
const interfacePrefix = (vm: string): string => `${vm.replace('-', '')}.`;

async function containerNames(ociConfig: string): Promise<readonly string[]> {
  const text = await readFile(ociConfig, 'utf8').catch(() => '');
  return /"cgroupsPath": ?"\/([^"]+)"/.exec(text)?.[1]?.split('/') ?? [];
}

async function namesOnMachine(): Promise<readonly { readonly kind: string; readonly name: string }[]> {
  const hierarchies = await readdir('/sys/fs/cgroup').catch(() => []);
  const folders: readonly (readonly [string, string])[] = [
    ['interface', '/sys/class/net'],
    ['network namespace', '/run/netns'],
    ['file in', '/run'],
    ['file in', '/run/boti'],
    ['file in', '/run/runc'],
    ['file in', '/run/crun'],
    ['control group', '/sys/fs/cgroup'],
    ...hierarchies.map((name) => ['control group', join('/sys/fs/cgroup', name)] as const),
  ];
  const lists = folders.map(async ([kind, dir]) =>
    (await readdir(dir).catch(() => [])).map((name) => ({ kind: `${kind} ${dir}`, name })),
  );
  return (await Promise.all(lists)).flat();
}

/** By command line, working directory or control group; but not those that have ended and only wait to be collected. */
async function processes(home: string, groups: ReadonlySet<string>): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid))) {
    const read = (file: string): Promise<string> => readFile(join('/proc', pid, file), 'utf8').catch(() => '');
    const command = (await read('cmdline')).replaceAll('\0', ' ');
    const cwd = await readlink(join('/proc', pid, 'cwd')).catch(() => '');
    const cgroup = await read('cgroup');
    if (/^State:\s+Z/m.test(await read('status'))) continue;
    const isOurs =
      [command, cwd].some((text) => text.includes(home)) || [...groups].some((name) => cgroup.includes(name));
    if (isOurs) found.push(`process ${pid} ${command}`);
  }
  return found;
}

async function loopDevices(home: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await readdir('/sys/block')) {
    const file = await readFile(join('/sys/block', name, 'loop/backing_file'), 'utf8').catch(() => '');
    if (file.includes(home)) found.push(`loop device ${name} ${file.trim()}`);
  }
  return found;
}

async function firewallRules(bridge: string): Promise<readonly string[]> {
  const lists = [
    ['iptables-save', []],
    ['nft', ['list', 'ruleset']],
  ] as const;
  const outputs = lists.map(([program, args]) => tryCommand(program, args).catch(() => undefined));
  return (await Promise.all(outputs))
    .flatMap((output) => output?.stdout.split('\n') ?? [])
    .filter((line) => line.includes(bridge))
    .map((line) => `firewall rule ${line.trim()}`);
}

async function linesWith(file: string, text: string): Promise<readonly string[]> {
  return (await readFile(file, 'utf8')).split('\n').filter((line) => line.includes(text));
}
