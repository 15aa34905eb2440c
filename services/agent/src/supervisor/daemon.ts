import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AlertMailer } from './alert-mail.ts';
import { Engine } from './engine.ts';
import { httpApi } from './http-api.ts';
import { MonitoredState } from './monitored-state.ts';
import { loadMonitConfig } from './monitrc/load.ts';
import { allProcesses, totalMemoryKb, uptimeSeconds } from './process-table.ts';

export interface DaemonOptions {
  readonly controlFile: string;
  /** `/var/vcap/monit`: state, credentials, output of start programs. */
  readonly stateDir: string;
  /** Wins over `set httpd port`. */
  readonly port?: number;
  readonly log: (message: string) => void;
}

export const defaultPort = 2822;
const busyTickMs = 250;
const idleTickMs = 2000;

/** Runs the supervisor until SIGTERM. The processes it has started stay. */
export function runDaemon({ controlFile, stateDir, port, log }: DaemonOptions): void {
  mkdirSync(stateDir, { recursive: true });
  const state = new MonitoredState(join(stateDir, 'supervisor-state.json'));
  const mailer = new AlertMailer();
  let timer: NodeJS.Timeout | undefined;
  const wake = (): void => {
    clearTimeout(timer);
    timer = setTimeout(look, 20);
  };
  const now = (): number => performance.now();
  const engine = new Engine(
    {
      now,
      machine: () => ({ processes: allProcesses(), uptime: uptimeSeconds(), memoryKb: totalMemoryKb() }),
      alert: (event) => mailer.send(event),
      log,
      remember: (monitored) => state.write(monitored),
      wake,
      outputDir: join(stateDir, 'output'),
    },
    state.read(),
    Math.floor(Date.now() / 1000),
  );
  const look = (): void => {
    engine.tick();
    clearTimeout(timer);
    timer = setTimeout(look, engine.isBusy ? busyTickMs : Math.min(idleTickMs, engine.pollMs));
  };
  const load = (isFirst: boolean): readonly string[] => {
    const config = loadMonitConfig(controlFile);
    mailer.settings = config.mail;
    for (const problem of config.errors) log(`error: ${problem}`);
    for (const text of config.unchecked) log(`not watched: ${text}`);
    // After a reload the incarnation must differ: agents wait for that.
    if (!isFirst) engine.incarnation = Math.max(engine.incarnation + 1, Math.floor(Date.now() / 1000));
    engine.load(config, isFirst);
    wake();
    return config.errors;
  };
  const { http } = loadMonitConfig(controlFile);
  const reload = (): readonly string[] => load(false);
  load(true);
  const credentialsFile = http.credentialsFile ?? join(stateDir, 'monit.user');
  const server = httpApi({ engine, credentialsFile, reload, wake });
  server.on('error', (error) => {
    log(`error: cannot listen: ${error.message}`);
    process.exit(1);
  });
  server.listen(port ?? http.port ?? defaultPort, http.address ?? '127.0.0.1', () => log('ready'));
  process.on('SIGHUP', reload);
  process.on('SIGTERM', () => process.exit(0));
  process.on('SIGINT', () => process.exit(0));
}
