import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentSettings } from '@boti/agent-protocol';
import { isReachable, type Logger, messageOf, runCommand, systemClock, tryCommand, writeFileAtomic } from '@boti/core';
import { within } from '../action-error.ts';
import type { CommandLine, LinuxOptions } from '../config.ts';
import type { Dirs } from '../dirs.ts';
import { setUpEphemeralDisk } from '../disks/ephemeral-disk.ts';
import type { PersistentDisks } from '../disks/persistent-disks.ts';
import { configureNetworks } from '../network/configure-networks.ts';
import { hostsFile } from '../network/hosts-file.ts';
import type { Ownership } from '../ownership.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import { makeDataDirs, mountRunDir } from './data-dirs.ts';
import { writeMonitFiles } from './monit-files.ts';
import { setUpUsers } from './users.ts';

export interface BootstrapDeps {
  readonly commandLine: CommandLine;
  readonly options: LinuxOptions;
  readonly dirs: Dirs;
  readonly settings: SettingsStore;
  readonly disks: PersistentDisks;
  readonly ownership: Ownership;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Makes the VM what its settings say, in upstream's order (bosh-agent agent/bootstrap.go). Safe to repeat. */
export async function bootstrap(deps: BootstrapDeps): Promise<void> {
  const { commandLine, dirs, ownership, disks, settings, signal } = deps;
  const changesSystem = commandLine.platform !== 'dummy';
  if (changesSystem) await runIfPresent('bosh-agent-rc', deps.logger);
  await ownership.makeDir(dirs.bosh, 0o755);
  const current = await within('Fetching settings', () => settings.load(signal));
  if (changesSystem) await setUpSystem(deps, current);
  await within('Setting up data directories', () => makeDataDirs(dirs, ownership));
  if (changesSystem) await mountRunDir(dirs, ownership, { size: runDirSize(current), logger: deps.logger });
  process.env.TMPDIR = dirs.tmp;
  await within('Mounting the last persistent disk', () => disks.remount());
  await within('Setting up the job supervisor', () => writeMonitFiles(dirs, commandLine.alertPort));
  if (changesSystem) await startSupervisor(deps.logger);
}

async function setUpSystem(deps: BootstrapDeps, current: AgentSettings): Promise<void> {
  const { dirs, settings, signal, logger, options } = deps;
  const key = await settings.publicKey(signal);
  await within('Setting up users', () => setUpUsers(current, key));
  await within('Setting up hostname', () => setUpHostname(dirs, current.agent_id));
  await within('Setting up networking', () => configureNetworks(dirs, current.networks, logger));
  if (!options.SkipDiskSetup) await within('Setting up ephemeral disk', () => ephemeralDisk(deps, current));
  await setUpTime(dirs, current, logger);
  await runIfPresent(join(dirs.bosh, 'bin/bosh-start-logging-and-auditing'), logger);
}

async function ephemeralDisk({ dirs, options, logger }: BootstrapDeps, current: AgentSettings): Promise<void> {
  const hint = current.disks.ephemeral;
  if (!hint) {
    logger.info('there is no ephemeral disk: data stays on the root disk');
    return;
  }
  const swap = current.env?.bosh?.swap_size;
  await setUpEphemeralDisk({
    hint,
    resolutionType: options.DevicePathResolutionType,
    agentId: current.agent_id,
    swapMib: typeof swap === 'number' ? swap : undefined,
    mountPoint: dirs.data,
    clock: systemClock,
  });
}

/** Once a VM: later the records of the deployment stand in /etc/hosts too. */
async function setUpHostname(dirs: Dirs, hostname: string): Promise<void> {
  const present = await readFile(dirs.etc('hostname'), 'utf8').catch(() => '');
  await runCommand('hostname', [hostname]);
  if (present.trim() === hostname) return;
  await writeFileAtomic(dirs.etc('hostname'), hostname, 0o644);
  await writeInPlace(dirs.etc('hosts'), hostsFile(hostname));
}

/** Files that a container runtime has mounted cannot be replaced, only written. */
async function writeInPlace(path: string, text: string): Promise<void> {
  try {
    await writeFileAtomic(path, text, 0o644);
  } catch {
    await runCommand('tee', [path], { input: text });
  }
}

async function setUpTime(dirs: Dirs, current: AgentSettings, logger: Logger): Promise<void> {
  const servers = current.env?.bosh?.ntp ?? current.ntp ?? [];
  if (servers.length === 0) return;
  await writeFileAtomic(join(dirs.bosh, 'etc/ntpserver'), servers.join(' '), 0o644).catch(() => undefined);
  await runIfPresent(join(dirs.bosh, 'bin/sync-time'), logger);
}

function runDirSize(current: AgentSettings): string {
  const size = (current.env?.bosh?.run_dir as { tmpfs_size?: string } | undefined)?.tmpfs_size;
  return size || '16m';
}

async function runIfPresent(program: string, logger: Logger): Promise<void> {
  if (program.startsWith('/') && !(await isReachable(program))) return;
  try {
    const { exitCode, stderr } = await tryCommand(program, []);
    if (exitCode !== 0) logger.warn('a start-up program failed', { program, exitCode, stderr: stderr.trim() });
  } catch (error) {
    logger.debug('a start-up program is absent', { program, error: messageOf(error) });
  }
}

async function startSupervisor(logger: Logger): Promise<void> {
  try {
    await tryCommand('sv', ['start', 'monit']);
  } catch (error) {
    logger.warn('the job supervisor was not started', { error: messageOf(error) });
  }
}
