import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Clock, digestOf, ExpectedError, retry, runCommand, systemClock } from '@boti/core';
import pg from 'pg';
import { type PostgresBinaries, postgresBinaries } from './binaries.ts';
import { type ServerUser, serverUser } from './user.ts';

export interface PostgresOptions {
  /** Holds the data, the socket and the log; made when it is not there. */
  readonly directory: string;
  /** Server settings beside the usual ones, e.g. `{ fsync: 'off' }` in tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** End the server when this process ends, however it ends. Otherwise it lives on until `stop`. */
  readonly diesWithParent?: boolean;
  readonly clock?: Clock;
}

/** A PostgreSQL of our own, reachable through a unix socket by this system's users only. */
export interface PostgresServer extends AsyncDisposable {
  /** How pg connects to it: `{ host: <socket folder>, user, database }`. */
  readonly connection: PostgresConnection;
  /** Fast shutdown; waits for the end. */
  stop(): Promise<void>;
}

export interface PostgresConnection {
  readonly host: string;
  readonly user: string;
  readonly database: string;
}

const superuser = 'boti';
const startTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;
const pollMs = 25;
const launchAttempts = 10;

/**
 * Starts the server of `directory`, or adopts the one that still runs there after its starter was killed.
 * The first time takes 1-2 s (initdb), later starts well under one.
 */
export async function startPostgresServer(options: PostgresOptions): Promise<PostgresServer> {
  const clock = options.clock ?? systemClock;
  const user = await serverUser();
  const data = join(options.directory, 'data');
  const socketDir = await socketDirectory(options.directory, user);
  const connection = { host: socketDir, user: superuser, database: 'postgres' };
  const start = { ...options, data, socketDir, user };
  if (!(await adopt(data, connection, clock))) await launchUntilReady(start, connection, clock);
  const stop = (): Promise<void> => stopPostgresServer(options.directory, clock);
  return { connection, stop, [Symbol.asyncDispose]: stop };
}

/** Stops the server of `directory`, whoever started it. None running is success. */
export async function stopPostgresServer(directory: string, clock: Clock = systemClock): Promise<void> {
  const pid = await runningPid(join(directory, 'data'));
  if (pid === undefined) return;
  process.kill(pid, 'SIGINT');
  const deadline = clock.now().getTime() + stopTimeoutMs;
  while (await isAlive(pid)) {
    if (clock.now().getTime() > deadline) {
      throw new ExpectedError(`PostgreSQL (process ${pid}) did not stop within ${stopTimeoutMs / 1000} s`);
    }
    await clock.sleep(20);
  }
}

/** The socket's path may have 107 bytes at most, so a deep directory gets its socket in the temporary folder. */
async function socketDirectory(directory: string, user: ServerUser | undefined): Promise<string> {
  const inside = join(directory, 'socket');
  const path =
    inside.length <= 80 ? inside : join(tmpdir(), `boti-postgres-${digestOf(directory, 'sha1').slice(0, 12)}`);
  await mkdir(directory, { recursive: true });
  if (user !== undefined) await requireEnterable(directory);
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(path, user.uid, user.gid);
  return path;
}

/** Another user than root must be able to get there; what is inside is closed to all but that user. */
async function requireEnterable(directory: string): Promise<void> {
  for (let folder = directory; ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) {
      throw new ExpectedError(`PostgreSQL, which does not run as root, cannot reach '${directory}'`, {
        hint: `Let everybody enter '${folder}' (chmod o+x), or put the state elsewhere.`,
      });
    }
    if (folder === dirname(folder)) return;
  }
}

async function initialise(binaries: PostgresBinaries, data: string, user: ServerUser | undefined): Promise<void> {
  if (await isInitialised(data)) return;
  await mkdir(data, { recursive: true, mode: 0o700 });
  await chmod(data, 0o700);
  if (user !== undefined) await chown(data, user.uid, user.gid);
  const args = ['-D', data, '-U', superuser, '-E', 'UTF8', '--locale=C', '--auth=trust', '--no-instructions'];
  await runAs(user, binaries.initdb, args);
}

async function isInitialised(data: string): Promise<boolean> {
  return readFile(join(data, 'global/pg_control')).then(
    () => true,
    () => false,
  );
}

/** Node can set uid and gid itself; the environment is emptied so that no PG* variable of the caller matters. */
async function runAs(user: ServerUser | undefined, file: string, args: readonly string[]): Promise<void> {
  if (user === undefined) {
    await runCommand(file, args, { env: cleanEnvironment() });
    return;
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(file, args, { ...user, cwd: '/', env: cleanEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.on('error', reject);
  child.on('close', (code) => (code === 0 ? resolve() : reject(new ExpectedError(`${file} failed: ${stderr.trim()}`))));
  await promise;
}

interface Launch extends PostgresOptions {
  readonly data: string;
  readonly socketDir: string;
  readonly user: ServerUser | undefined;
}

function launch(binaries: PostgresBinaries, { data, socketDir, user, settings, diesWithParent }: Launch): ChildProcess {
  const all: Readonly<Record<string, string>> = {
    listen_addresses: '',
    unix_socket_directories: socketDir,
    unix_socket_permissions: '0700',
    shared_buffers: '32MB',
    max_connections: '60',
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgresql.log',
    log_truncate_on_rotation: 'on',
    log_rotation_size: '10MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    ...settings,
  };
  const args = ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const [file, fileArgs] = diesWithParent
    ? ['setpriv', ['--pdeathsig', 'QUIT', binaries.postgres, ...args]]
    : [binaries.postgres, args];
  const child = spawn(file, fileArgs, {
    ...user,
    cwd: '/',
    env: cleanEnvironment(),
    stdio: 'ignore',
    detached: !diesWithParent,
  });
  child.unref();
  return child;
}

/** True when the server of `data` runs and answers. One that ends meanwhile is no use. */
async function adopt(data: string, connection: PostgresConnection, clock: Clock): Promise<boolean> {
  const deadline = clock.now().getTime() + startTimeoutMs;
  while ((await runningPid(data)) !== undefined) {
    if (await answers(connection)) return true;
    if (clock.now().getTime() > deadline) throw new ExpectedError(`PostgreSQL does not answer at ${connection.host}`);
    await clock.sleep(pollMs);
  }
  return false;
}

/** After a crash the processes of the old server may take a moment to end, and until then a new one refuses to start. */
async function launchUntilReady(start: Launch, connection: PostgresConnection, clock: Clock): Promise<void> {
  const binaries = await postgresBinaries(join(start.directory, 'binaries'), start.user !== undefined);
  await initialise(binaries, start.data, start.user);
  const options = {
    attempts: launchAttempts,
    delayMs: 300,
    isRetriable: (error: unknown) => error instanceof ServerEnded,
  };
  await retry({ ...options, clock }, () => launchOnce(binaries, start, { connection, clock }));
}

class ServerEnded extends ExpectedError {}

interface Readiness {
  readonly connection: PostgresConnection;
  readonly clock: Clock;
}

async function launchOnce(binaries: PostgresBinaries, start: Launch, { connection, clock }: Readiness): Promise<void> {
  const child = launch(binaries, start);
  const failures: Error[] = [];
  child.once('error', (error) => failures.push(error));
  child.once('exit', (code, signal) => {
    const hint = `Its log is ${join(start.data, 'log/postgresql.log')}.`;
    failures.push(new ServerEnded(`PostgreSQL ended at once (${code ?? signal})`, { hint }));
  });
  const deadline = clock.now().getTime() + startTimeoutMs;
  while (!(await answers(connection))) {
    const [failure] = failures;
    if (failure !== undefined) throw failure;
    if (clock.now().getTime() > deadline) throw new ExpectedError(`PostgreSQL does not answer at ${connection.host}`);
    await clock.sleep(pollMs);
  }
}

async function answers(connection: PostgresConnection): Promise<boolean> {
  const client = new pg.Client(connection);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** Of the postmaster that holds `data`, provided that it is alive. */
async function runningPid(data: string): Promise<number | undefined> {
  const content = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => undefined);
  const pid = Number(content?.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !(await isAlive(pid))) return undefined;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes('postgres') && command.includes(data) ? pid : undefined;
}

/** A process that has ended but that its parent has not reaped yet counts as gone. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return status !== undefined && status[status.lastIndexOf(')') + 2] !== 'Z';
}

function cleanEnvironment(): Record<string, string> {
  return { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', TZ: 'UTC' };
}
