import { join } from 'node:path';
import type { AgentRequest } from '@boti/agent-protocol';
import { type Logger, systemClock } from '@boti/core';
import type { Deps } from './actions/action.ts';
import { actions } from './actions/index.ts';
import { alertOf } from './alerts/monit-alert.ts';
import { smtpListener } from './alerts/smtp-listener.ts';
import { Applier } from './apply/applier.ts';
import { PackageCompiler } from './apply/compile.ts';
import { Jobs } from './apply/jobs.ts';
import { Packages } from './apply/packages.ts';
import { SpecStore } from './apply/spec-store.ts';
import { Blobs } from './blobs/blobs.ts';
import { bootstrap } from './bootstrap/bootstrap.ts';
import type { AgentConfig, CommandLine } from './config.ts';
import { dirsAt } from './dirs.ts';
import { PersistentDisks } from './disks/persistent-disks.ts';
import { sendHeartbeats } from './heartbeat.ts';
import { JobSupervisor } from './job-supervisor/job-supervisor.ts';
import { MonitClient } from './job-supervisor/monit-client.ts';
import type { AgentBusEnd } from './mbus/bus.ts';
import { dispatcher } from './mbus/dispatcher.ts';
import { httpsBus } from './mbus/https.ts';
import { natsBus } from './mbus/nats.ts';
import { allIps } from './network/default-ip.ts';
import { ownership } from './ownership.ts';
import { Restart } from './restart.ts';
import { SettingsStore } from './settings/settings-store.ts';
import { TaskQueue } from './tasks/task-queue.ts';
import { VitalsReader } from './vitals/vitals.ts';

export interface AgentOptions {
  readonly commandLine: CommandLine;
  readonly config: AgentConfig;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly exit: () => never;
}

/** The whole agent: sets the VM up, then answers requests and reports until the signal is aborted. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { commandLine, config, logger, signal } = options;
  await using undo = new AsyncDisposableStack();
  const { deps, restart, bus } = await assemble(options);
  await bootstrap({ ...deps, commandLine, options: config.linux, signal });
  const waiting = await deps.tasks.resume();
  const opened = await openBus(deps, restart, signal);
  undo.use(opened);
  bus.current = opened;
  for (const subject of waiting) opened.reply(subject, { value: 'ok' });
  logger.info('ready', { agent: deps.settings.current.agent_id });
  undo.use(await smtpListener(commandLine.alertPort, (mail) => forwardAlert(mail, deps, opened), logger));
  await sendHeartbeats(deps, opened, { intervalMs: commandLine.heartbeatMs, signal, logger });
}

interface Assembly {
  readonly deps: Deps;
  readonly restart: Restart;
  readonly bus: { current?: AgentBusEnd };
}

async function assemble({ commandLine, config, logger, exit }: AgentOptions): Promise<Assembly> {
  const dirs = dirsAt(commandLine.baseDir, commandLine.systemRoot);
  const owners = ownership(dirs);
  const settings = new SettingsStore(dirs, config.sources, logger);
  const blobs = new Blobs(dirs, settings);
  const shared = { dirs, blobs, ownership: owners };
  const packages = new Packages(shared);
  const jobs = new Jobs(shared);
  const monit = new MonitClient({ url: commandLine.supervisorUrl, credentialsFile: join(dirs.monit, 'monit.user') });
  const supervisor = new JobSupervisor(dirs, monit);
  const tasks = new TaskQueue(join(dirs.bosh, 'tasks.json'), logger);
  const restart = new Restart(tasks, systemClock, exit);
  const bus: Assembly['bus'] = {};
  const deps: Deps = {
    ...shared,
    logger,
    settings,
    specs: new SpecStore(dirs, settings),
    applier: new Applier({ dirs, blobs, supervisor, jobs, packages, parallel: () => settings.parallel }),
    compiler: new PackageCompiler({ dirs, blobs, packages }),
    supervisor,
    disks: new PersistentDisks({ dirs, settings, options: config.linux }),
    vitals: new VitalsReader(dirs),
    tasks,
    notifyShutdown: async () => await bus.current?.publish('shutdown', null),
    restart: (taskId) => restart.after(taskId),
    changesSystem: commandLine.platform !== 'dummy',
  };
  return { deps, restart, bus };
}

async function openBus(deps: Deps, restart: Restart, signal: AbortSignal): Promise<AgentBusEnd> {
  const { settings, logger, tasks, blobs } = deps;
  const { bus } = settings;
  const dispatch = dispatcher(actions(deps), tasks, logger);
  if (bus.urls[0]?.startsWith('https:')) return await httpsBus({ bus, dispatch, blobs, logger });
  const holds = (request: AgentRequest): Promise<boolean> => restart.holds(request);
  return await natsBus({ agentId: settings.current.agent_id, bus, dispatch, holds, logger, signal });
}

function forwardAlert(mail: string, { settings, logger }: Deps, bus: AgentBusEnd): void {
  const alert = alertOf(mail, allIps(settings.current.networks), new Date());
  if (alert === undefined) return;
  logger.info('alert', { title: alert.title, summary: alert.summary });
  bus.publish('alert', alert).catch((error) => logger.warn('an alert was not sent', { error }));
}
