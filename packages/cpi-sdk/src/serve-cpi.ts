import { Console } from 'node:console';
import { once } from 'node:events';
import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { ExpectedError, messageOf } from '@boti/core';
import { callLog } from './call-log.ts';
import { CloudError } from './cloud-error.ts';
import { propertiesMarkdown } from './cloud-properties.ts';
import { type RawConfig, readConfig, resolveConfig } from './config.ts';
import { type CpiDefinition, type DispatchOptions, dispatch } from './dispatch.ts';
import { serveLines } from './serve-lines.ts';
import { type CpiResponse, toWireError } from './wire.ts';

/**
 * The main function of a CPI executable:
 *
 *     EXE [--config FILE]          one request on stdin, one response on stdout
 *     EXE serve [--config FILE]    a request a line until stdin ends
 *     EXE docs                     its configuration and cloud properties, as Markdown
 *     EXE COMMAND [--config FILE]  a command of the definition
 *
 * SIGTERM and SIGINT abort the calls that run; they clean up and are answered. stdout carries responses only.
 */
export async function serveCpi<Config>(definition: CpiDefinition<Config>): Promise<void> {
  await serveExecutable({
    name: definition.name,
    commands: commandsOf(definition),
    answer: (body, call) => dispatch(definition, body, call),
  });
}

/** A CPI executable in parts, for one that answers requests by other means than a `Cloud`: by passing them on, for example. */
export interface CpiExecutable {
  /** Key of this cloud's properties in cpi.json: `cloud.properties.<name>`. */
  readonly name: string;
  /** Further subcommands, by name. */
  readonly commands?: Readonly<Record<string, (file: RawConfig, signal: AbortSignal) => Promise<void>>>;
  /** The response to what stood on stdin, parsed as JSON. Must not throw: a failure is a response. */
  readonly answer: (body: unknown, call: DispatchOptions) => Promise<CpiResponse>;
}

/** As `serveCpi`, for a `CpiExecutable`. Ends the process. */
export async function serveExecutable(executable: CpiExecutable): Promise<void> {
  globalThis.console = new Console(process.stderr, process.stderr);
  // A caller that has gone away must not stop a call half-way.
  process.stdout.on('error', () => undefined);
  const signal = endSignal();
  try {
    const { command, configPath } = parseArguments(executable, process.argv.slice(2));
    if (command === undefined) await serveOnce(executable, configPath, signal);
    else if (command === 'serve') await serveMany(executable, configPath, signal);
    else await executable.commands?.[command]?.(await readConfig(configPath, executable.name), signal);
  } catch (error) {
    process.stderr.write(`${error instanceof ExpectedError ? messageWithHint(error) : describeBug(error)}\n`);
    process.exitCode = 1;
  }
  await flush();
  process.exit();
}

function parseArguments(
  executable: CpiExecutable,
  argv: readonly string[],
): { readonly command: string | undefined; readonly configPath: string | undefined } {
  const commands = ['serve', ...Object.keys(executable.commands ?? {})];
  const hint = `Usage: cpi [${commands.join('|')}] [--config FILE]`;
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { config: { type: 'string' } },
      allowPositionals: true,
    });
    const [command, ...surplus] = positionals;
    if (surplus.length > 0 || (command !== undefined && !commands.includes(command))) {
      throw new ExpectedError(`Unknown argument '${surplus[0] ?? command}'`);
    }
    return { command, configPath: values.config };
  } catch (cause) {
    throw new ExpectedError(messageOf(cause), { hint, cause });
  }
}

async function serveOnce(
  executable: CpiExecutable,
  configPath: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const respond = async (): Promise<CpiResponse> => {
    try {
      const file = await readConfig(configPath, executable.name);
      return await executable.answer(parseJson(await readRequest(signal)), { file, signal, stderr: writeStderr });
    } catch (error) {
      return { result: null, error: toWireError(error), log: '' };
    }
  };
  process.stdout.write(`${JSON.stringify(await respond())}\n`);
}

async function serveMany(
  executable: CpiExecutable,
  configPath: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const file = await readConfig(configPath, executable.name);
  await serveLines({
    input: process.stdin,
    write: (line) => process.stdout.write(line),
    signal,
    answer: (body, callSignal) => executable.answer(body, { file, signal: callSignal, stderr: writeStderr }),
  });
}

function commandsOf<Config>(definition: CpiDefinition<Config>): NonNullable<CpiExecutable['commands']> {
  const entries = Object.entries(definition.commands ?? {}).map(([name, command]) => {
    const run = async (file: RawConfig, signal: AbortSignal): Promise<void> => {
      const { config } = resolveConfig(definition.config, file, {});
      const { logger } = callLog(writeStderr);
      await command(config, { logger, signal, print: (line) => process.stdout.write(`${line}\n`) });
    };
    return [name, run] as const;
  });
  const { name, config, cloudProperties } = definition;
  const docs = async (): Promise<void> => void process.stdout.write(propertiesMarkdown(name, config, cloudProperties));
  return { docs, ...Object.fromEntries(entries) };
}

/** All of stdin. The end of the process does not wait for a caller that never ends its request. */
async function readRequest(signal: AbortSignal): Promise<string> {
  try {
    return await text(addAbortSignal(signal, process.stdin));
  } catch (cause) {
    throw new CloudError('CloudError', `The request did not come to its end: ${messageOf(cause)}`, { cause });
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new CloudError('CpiError', `stdin is no JSON: ${messageOf(cause)}`, { cause });
  }
}

function endSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => controller.abort(new Error(`the CPI received ${name}`)));
  }
  return controller.signal;
}

function writeStderr(chunk: string): void {
  process.stderr.write(chunk);
}

async function flush(): Promise<void> {
  if (process.stdout.writableLength > 0 && !process.stdout.destroyed) {
    await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]);
  }
}

function messageWithHint(error: ExpectedError): string {
  return error.hint === undefined ? error.message : `${error.message}\n${error.hint}`;
}

function describeBug(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
