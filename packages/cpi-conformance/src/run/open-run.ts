import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ExpectedError, readIfThere } from '@boti/core';
import { type ConformanceConfig, defaultConfig, parseConfig } from '../config/conformance-config.ts';
import type { Exchange } from '../target/exchange.ts';
import { directorPath } from '../target/launch.ts';
import { AddressPool } from './address-pool.ts';
import { Caller } from './caller.ts';
import { learnFacts, learnMethods } from './facts.ts';
import { openImage } from './image.ts';
import { Ledger } from './ledger.ts';
import { readListing } from './listing.ts';
import { deadlineMs, type Run } from './run.ts';
import { configuredSecret, Secrets } from './secrets.ts';

export interface RunOptions {
  readonly executable: string;
  /** Path of conformance.yml. */
  readonly configPath?: string | undefined;
  /** Over the configuration's. */
  readonly stemcellPath?: string | undefined;
  /** `auto`: through `serve` where the CPI offers it. `process`: one process for each call, which takes longer. */
  readonly transport?: 'auto' | 'process';
  /** Variables that `((env.NAME))` stands for. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface OpenRun extends Run, AsyncDisposable {
  readonly infoExchange: Exchange;
}

/** Reads the configuration, makes the folders and learns what the CPI can do. */
export async function openRun(options: RunOptions, workDir: string, signal: AbortSignal): Promise<OpenRun> {
  const secrets = new Secrets();
  const config = await loadConfig(options, workDir, secrets);
  const tempDir = join(workDir, 'tmp');
  await mkdir(tempDir, { recursive: true });
  const { cpi_json: cpiJson } = config.executable;
  if (cpiJson !== undefined) await writeFile(cpiJsonPath(workDir), JSON.stringify(cpiJson), { mode: 0o600 });

  const ledger = new Ledger();
  const trace: Exchange[] = [];
  const caller = new Caller(
    {
      executable: resolve(options.executable),
      args: config.executable.args ?? (cpiJson === undefined ? [] : ['--config', cpiJsonPath(workDir)]),
      env: { PATH: directorPath, HOME: homedir(), TMPDIR: tempDir, ...config.executable.env },
      cwd: workDir,
    },
    (exchange, owner) => {
      trace.push(exchange);
      ledger.observe(exchange, owner);
    },
  );
  const directorUuid = randomUUID();
  const ask = asker(caller, { config, directorUuid, signal });
  const { facts, infoExchange } = await learnFacts(ask('process'));
  const transport = facts.extensions.has('serve') && options.transport !== 'process' ? 'serve' : 'process';
  const methods = await learnMethods(facts.extensions, ask(transport));
  const listed = facts.extensions.has('list') ? await ask(transport)('list', []) : undefined;
  const image = openImage(options.stemcellPath ?? config.stemcell.path, workDir, signal);
  let stemcell: Promise<string> | undefined;

  return {
    ...{ config, workDir, tempDir, directorUuid, signal, caller, ledger, secrets, trace, transport, infoExchange },
    addresses: new AddressPool(config.addresses),
    facts: { ...facts, methods },
    before: listed?.answer?.error === null ? readListing(listed.answer.result) : undefined,
    image,
    stemcell(make) {
      stemcell ??= make();
      return stemcell;
    },
    leftovers: [],
    [Symbol.asyncDispose]: () => caller[Symbol.asyncDispose](),
  };
}

function cpiJsonPath(workDir: string): string {
  return join(workDir, 'cpi.json');
}

async function loadConfig(
  { configPath, env = {} }: RunOptions,
  workDir: string,
  secrets: Secrets,
): Promise<ConformanceConfig> {
  const placeholders = (name: string): string | undefined => {
    if (name === 'work_dir') return workDir;
    if (name === 'cpi_json') return cpiJsonPath(workDir);
    if (name === 'secret') return secrets.of(configuredSecret);
    return name.startsWith('env.') ? env[name.slice('env.'.length)] : undefined;
  };
  if (configPath === undefined) return defaultConfig(placeholders);
  const text = await readIfThere(configPath);
  if (text !== undefined) return parseConfig(text, configPath, placeholders);
  throw new ExpectedError(`There is no configuration ${configPath}`, {
    hint: `Write one with 'boti cpi test --init --config ${configPath}'.`,
  });
}

function asker(
  caller: Caller,
  run: { readonly config: ConformanceConfig; readonly directorUuid: string; readonly signal: AbortSignal },
) {
  const { config, directorUuid, signal } = run;
  return (transport: 'process' | 'serve') =>
    (method: string, args: readonly unknown[]): Promise<Exchange> => {
      const context = { ...config.executable.context, director_uuid: directorUuid, request_id: 'cpi-100000' };
      const request = { method, arguments: args, context };
      const options = { owner: 'run', rule: 'set-up', transport, signal, deadlineMs: deadlineMs(config, method) };
      return caller.call(request, options);
    };
}
