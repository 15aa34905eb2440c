import { request } from 'node:http';
import { join } from 'node:path';
import { type MonitService, parseMonitStatus } from '../job-supervisor/parse-status.ts';
import { serviceActions } from './act.ts';
import { defaultPort } from './daemon.ts';
import { credentialsIn } from './http-api.ts';
import { loadMonitConfig } from './monitrc/load.ts';

export interface MonitCommand {
  readonly controlFile: string;
  readonly stateDir: string;
  readonly port: number | undefined;
  readonly group: string | undefined;
  /** `summary`, or an action and a service name or `all`. */
  readonly words: readonly string[];
}

export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** The `monit` command: asks the running supervisor. Exit code 1 when it does not answer or does not know the service. */
export async function runMonitCommand(command: MonitCommand): Promise<CommandOutcome> {
  const [action = 'summary', target] = command.words;
  if (action === 'summary' || action === 'status') return describe(await services(command), action === 'status');
  if (action === 'reload') return reload(command);
  if (!(serviceActions as readonly string[]).includes(action))
    return { exitCode: 1, stderr: `monit: invalid argument -- ${action}\n` };
  if (target === undefined && command.group === undefined) {
    return { exitCode: 1, stderr: `monit: please specify a service name or 'all' after ${action}\n` };
  }
  return act(command, action, target);
}

async function act(command: MonitCommand, action: string, target: string | undefined): Promise<CommandOutcome> {
  const known = await services(command);
  const chosen = known.filter(({ name, groups }) => {
    if (target !== undefined && target !== 'all') return name === target;
    return command.group === undefined || groups.includes(command.group);
  });
  if (chosen.length === 0 && target !== undefined && target !== 'all') {
    return { exitCode: 1, stderr: `monit: There is no service named "${target}"\n` };
  }
  for (const { name } of chosen) {
    const { status, body } = await ask(command, 'POST', `/${encodeURIComponent(name)}`, `action=${action}`);
    if (status !== 200) return { exitCode: 1, stderr: `monit: ${body}` };
  }
  return { exitCode: 0 };
}

async function reload(command: MonitCommand): Promise<CommandOutcome> {
  const { status, body } = await ask(command, 'POST', '/_runtime', 'action=reload');
  return status === 200
    ? { exitCode: 0, stdout: 'Reinitializing monit daemon\n' }
    : { exitCode: 1, stderr: `monit: ${body}` };
}

async function services(command: MonitCommand): Promise<readonly MonitService[]> {
  const { status, body } = await ask(command, 'GET', '/_status2?format=xml');
  if (status !== 200) throw new Error(`the supervisor answered ${status}: ${body.trim()}`);
  return parseMonitStatus(body).services;
}

function describe(known: readonly MonitService[], inFull: boolean): CommandOutcome {
  const lines = known.map((service) => {
    const head = `Process '${service.name}'`;
    return inFull ? [head, ...details(service)].join('\n') : `${head.padEnd(35)} ${stateOf(service)}`;
  });
  return { exitCode: 0, stdout: `The Monit daemon 5.2.5\n\n${lines.join('\n')}\n` };
}

function details(service: MonitService): string[] {
  const rows: [string, string][] = [
    ['status', stateOf(service)],
    ['message', service.statusMessage],
    ['pid', service.pid === 0 ? '' : String(service.pid)],
    ['uptime', service.pid === 0 ? '' : `${service.uptimeSecs}s`],
    ['memory kilobytes total', service.pid === 0 ? '' : String(service.memoryKb)],
    ['cpu percent total', service.pid === 0 ? '' : `${service.cpuPercent}%`],
    ['group', service.groups.join(', ')],
  ];
  return rows.filter(([, value]) => value !== '').map(([name, value]) => `  ${name.padEnd(33)} ${value}`);
}

const failureNames: Readonly<Record<number, string>> = {
  2: 'Resource limit matched',
  4: 'Timeout',
  512: 'Does not exist',
  4096: 'Execution failed',
};

function stateOf({ monitor, status, isPending }: MonitService): string {
  if (isPending) return 'running - stop pending';
  if (monitor === 0) return status === 0 ? 'not monitored' : (failureNames[status] ?? 'failing');
  if (monitor === 2) return 'initializing';
  return status === 0 ? 'running' : (failureNames[status] ?? 'failing');
}

function ask(
  { controlFile, stateDir, port }: MonitCommand,
  method: string,
  path: string,
  body = '',
): Promise<{ status: number; body: string }> {
  const { http } = loadMonitConfig(controlFile);
  const [credentials = ''] = credentialsIn(http.credentialsFile ?? join(stateDir, 'monit.user'));
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const sent = request({
    host: http.address ?? '127.0.0.1',
    port: port ?? http.port ?? defaultPort,
    method,
    path,
    auth: credentials,
    timeout: 30_000,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) },
  });
  sent.on('response', (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
  });
  sent.on('timeout', () => sent.destroy(new Error('no answer')));
  sent.on('error', (error) => reject(new Error(`cannot reach the supervisor (is it running?): ${error.message}`)));
  sent.end(body);
  return promise;
}
