import { readFile } from 'node:fs/promises';
import type { CgroupMode } from './requirements.ts';
import type { VmPaths, VmRecord } from './vm-record.ts';

/** A block device of the host under a name inside the VM. */
export interface BlockDevice {
  readonly path: string;
  readonly major: number;
  readonly minor: number;
}

export interface OciInput {
  readonly record: VmRecord;
  readonly paths: VmPaths;
  readonly cgroupPath: string;
  readonly cgroupMode: CgroupMode;
  readonly devices: readonly BlockDevice[];
  /** Capabilities that may be given at all: those in this process' bounding set. */
  readonly capabilities: readonly string[];
}

/** Where agents look for their settings: the name upstream's container CPIs use. */
const settingsPath = '/var/vcap/bosh/warden-cpi-agent-env.json';

const init = ['/usr/bin/tini', '--', '/usr/bin/runsvdir', '-P', '/etc/service'];
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const cpuPeriodUs = 100_000;
const maxProcesses = 8192;
/** Loop devices; they hold persistent disks. */
const loopMajor = 7;

/** A VM as an OCI container: the agent inside mounts disks, adds users and changes addresses, so it may do much. */
export function ociConfig(input: OciInput): object {
  const { record, paths, capabilities } = input;
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: init,
      env: [`PATH=${path}`, 'HOME=/root', 'container=boti'],
      cwd: '/',
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      noNewPrivileges: false,
    },
    root: { path: paths.rootfs, readonly: false },
    hostname: record.hostname,
    mounts: mounts(paths),
    linux: {
      namespaces: namespaces(input),
      cgroupsPath: input.cgroupPath,
      resources: resources(input),
      devices: input.devices.map((device) => ({ ...device, type: 'b', fileMode: 0o660, uid: 0, gid: 0 })),
      maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list', '/sys/firmware'],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
    },
  };
}

function namespaces({ paths, cgroupMode }: OciInput): readonly object[] {
  const own = ['pid', 'ipc', 'uts', 'mount', ...(cgroupMode === 'v2' ? ['cgroup'] : [])];
  return [...own.map((type) => ({ type })), { type: 'network', path: `/run/netns/${paths.name}` }];
}

/** Control groups are left out: agents that see version 1 try to set up firewall rules by them, and fail. */
function mounts(paths: VmPaths): readonly object[] {
  const tmpfs = (destination: string, ...options: string[]): object => ({
    destination,
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', ...options],
  });
  const bind = (destination: string, source: string): object => ({
    destination,
    type: 'bind',
    source,
    options: ['bind', 'rw'],
  });
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    tmpfs('/dev', 'strictatime', 'mode=755', 'size=65536k'),
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    tmpfs('/dev/shm', 'noexec', 'nodev', 'mode=1777'),
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
    bind('/var/vcap/data', `${paths.imageMount}/data`),
    bind(settingsPath, paths.settings),
  ];
}

function resources({ record, devices, cgroupMode }: OciInput): object {
  const { cpu, ramMib } = record;
  return {
    devices: deviceRules(devices, cgroupMode),
    pids: { limit: maxProcesses },
    ...(ramMib !== undefined && { memory: { limit: Math.round(ramMib * 2 ** 20) } }),
    ...(cpu !== undefined && { cpu: { period: cpuPeriodUs, quota: Math.round(cpu * cpuPeriodUs) } }),
  };
}

function deviceRules(devices: readonly BlockDevice[], cgroupMode: CgroupMode): readonly object[] {
  const character = (major: number, minor?: number): object => ({
    allow: true,
    type: 'c',
    major,
    ...(minor !== undefined && { minor }),
    access: 'rwm',
  });
  const block = ({ major, minor }: { readonly major: number; readonly minor?: number }): object => ({
    allow: true,
    type: 'b',
    major,
    ...(minor !== undefined && { minor }),
    access: 'rwm',
  });
  // Version 2 has no file to allow a device later on: disks that are attached to a running VM need the rule from the start.
  const disks = cgroupMode === 'v2' ? [block({ major: loopMajor })] : devices.map(block);
  const memory = [3, 5, 7, 8, 9].map((minor) => character(1, minor));
  const terminals = [character(5, 0), character(5, 1), character(5, 2), character(136)];
  const fuseAndTun = [character(10, 229), character(10, 200)];
  return [{ allow: false, access: 'rwm' }, ...memory, ...terminals, ...fuseAndTun, ...disks];
}

/** By bit, as in linux/capability.h. */
const capabilityNames = [
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE',
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN',
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE',
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE',
].flatMap((line) => line.split(' '));
/** Would reach beyond the VM. */
const withheld = ['SYS_MODULE', 'SYS_RAWIO', 'SYS_TIME', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'AUDIT_CONTROL', 'BPF'];

/** All that this process may hand on, less what would reach beyond the VM. */
export async function grantableCapabilities(): Promise<readonly string[]> {
  const status = await readFile('/proc/self/status', 'utf8');
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  return capabilityNames
    .filter((name, bit) => (bounding >> BigInt(bit)) % 2n === 1n && !withheld.includes(name))
    .map((name) => `CAP_${name}`);
}
