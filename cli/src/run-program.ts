import { closest } from '@boti/core';
import { globalOptions } from './arguments/global-options.ts';
import { type Environment, indexOfCommand, parseFlags, parsePositionals } from './arguments/parse-arguments.ts';
import type { Command, CommandContext, DirectorContext } from './command.ts';
import { commandNames, findCommand } from './commands/index.ts';
import { describeError, isBug } from './describe-error.ts';
import { commandHelp, groupHelp, programHelp } from './help.ts';
import { createUi, type Streams } from './ui/create-ui.ts';
import type { Ui } from './ui/ui.ts';
import { UsageError } from './usage-error.ts';
import { version } from './version.ts';

export interface Program {
  readonly streams: Streams;
  readonly env: Environment;
}

/** Runs one command line and returns the exit code: 0, or 1 for every failure. */
export async function runProgram(args: readonly string[], program: Program): Promise<number> {
  const interrupt = new AbortController();
  const onInterrupt = (): void => {
    if (interrupt.signal.aborted) process.exit(1);
    interrupt.abort(new Error('Interrupted'));
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  const started: { ui: Ui | undefined } = { ui: undefined };
  try {
    await dispatch(args, program, { signal: interrupt.signal, onUi: (ui) => (started.ui = ui) });
    return 0;
  } catch (error) {
    const ui = started.ui ?? createUi(plainFlags, program.streams, interrupt.signal);
    ui.errorLine(describeError(error, isBug(error) && program.env.BOSH_LOG_LEVEL === 'debug'));
    ui.errorLine('Exit code 1');
    return 1;
  } finally {
    started.ui?.flush();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
    program.streams.stdin.unref?.();
  }
}

const plainFlags = { json: false, tty: false, noColor: false, nonInteractive: true, column: [] };

interface Run {
  readonly signal: AbortSignal;
  onUi(ui: Ui): void;
}

async function dispatch(args: readonly string[], program: Program, run: Run): Promise<void> {
  const { stdout } = program.streams;
  checkLogLevel(program.env);
  if (args[0] === completionRequest) return await printCandidates(args.slice(1), program, run.signal);
  const index = indexOfCommand(args, globalOptions);
  if (index === -1) return await withoutCommand(args, program);
  const name = nameAt(args, index);
  if (isGroup(name)) return await withoutWord(name, args, program);
  const command = await load(name);
  const rest = args.toSpliced(index, name.split(' ').length);
  if (name === 'help') return void stdout.write(await helpText(nameAt(args, index + 1)));
  // A command's own flags come first and win: `create-release --version 1` is not the program's `--version`.
  const specs = { ...command.options, ...globalOptions, ...command.options };
  const isHelp = parseFlags(rest, specs, program.env, false).options.help;
  if (isHelp) return void stdout.write(commandHelp(command));
  const { options, positionals } = parseFlags(rest, specs, program.env);
  const input = { ...options, ...parsePositionals(command.name, positionals, command.args) };
  const globals = globalsIn(options, command, program.env);
  const ui = createUi(globals, program.streams, run.signal);
  run.onUi(ui);
  const { configFileOf } = await import('./config/config-file-of.ts');
  const config = configFileOf(globals, program.env);
  await runCommand(command, { ui, globals, env: program.env, config, signal: run.signal }, input);
  ui.line('Succeeded');
}

/** Where the command has a flag of the same name, the global one can only come from the environment. */
function globalsIn(options: object, command: Command, env: Environment): CommandContext['globals'] {
  const { options: ungiven } = parseFlags([], globalOptions, env);
  const given = Object.entries(options).filter(([key]) => !Object.hasOwn(command.options, key));
  return { ...ungiven, ...Object.fromEntries(given) };
}

async function runCommand(command: Command, context: CommandContext, input: unknown): Promise<void> {
  using closing = new DisposableStack();
  const ready: CommandContext | DirectorContext =
    command.needs === 'nothing' ? context : await reachDirector(command, context, closing);
  await command.run(ready as never, input as never);
}

async function reachDirector(
  command: Command,
  context: CommandContext,
  closing: DisposableStack,
): Promise<DirectorContext> {
  const { openSession, requireDeployment } = await import('./session/open-session.ts');
  const session = await openSession(context, closing);
  return command.needs === 'deployment' ? requireDeployment(session) : session;
}

/** What the scripts of `boti completion` call, with the words after `boti`. */
const completionRequest = '__complete';

async function printCandidates(words: readonly string[], program: Program, signal: AbortSignal): Promise<void> {
  const { complete } = await import('./completion/complete.ts');
  const { formatCandidates } = await import('./completion/format-candidates.ts');
  program.streams.stdout.write(formatCandidates(await complete({ words, env: program.env, signal })));
}

const logLevels = ['debug', 'info', 'warn', 'error', 'none'];

/** Only `debug` does anything: it shows where a bug came from. A level that does not exist is a mistake all the same. */
function checkLogLevel({ BOSH_LOG_LEVEL: level = '' }: Environment): void {
  if (level === '' || logLevels.includes(level.toLowerCase())) return;
  throw new UsageError(`Invalid BOSH_LOG_LEVEL value '${level}'`, { hint: `Use one of ${logLevels.join(', ')}.` });
}

async function withoutCommand(args: readonly string[], { streams, env }: Program): Promise<void> {
  const { options } = parseFlags(args, globalOptions, env);
  if (options.version) streams.stdout.write(`version ${version}\n`);
  else if (options.help) streams.stdout.write(await programHelp());
  else throw new UsageError('Please name a command', { hint: "'boti help' lists them." });
}

/** Some of boti's own commands have two words: `stemcell build`. */
function nameAt(args: readonly string[], index: number): string {
  const [first = '', second] = args.slice(index, index + 2);
  return second !== undefined && commandNames().includes(`${first} ${second}`) ? `${first} ${second}` : first;
}

/** `cpi` alone: the first word of several commands. */
async function withoutWord(group: string, args: readonly string[], { streams, env }: Program): Promise<void> {
  const { options, positionals } = parseFlags(args, globalOptions, env);
  const names = commandNames().filter((name) => name.startsWith(`${group} `));
  if (options.help) return void streams.stdout.write(await groupHelp(group));
  const [, word] = positionals;
  const guess = word === undefined ? undefined : closest(`${group} ${word}`, names);
  const hint = guess === undefined ? `'boti ${group} --help' lists them.` : `Did you mean 'boti ${guess}'?`;
  throw new UsageError(
    word === undefined ? `Please name a command of '${group}'` : `Unknown command \`${group} ${word}'`,
    {
      hint,
    },
  );
}

async function helpText(name: string): Promise<string> {
  if (isGroup(name)) return await groupHelp(name);
  return name === '' ? await programHelp() : commandHelp(await load(name));
}

function isGroup(name: string): boolean {
  return name !== '' && commandNames().some((one) => one.startsWith(`${name} `));
}

async function load(name: string): Promise<Command> {
  const command = await findCommand(name);
  if (command !== undefined) return command;
  const guess = closest(name, commandNames());
  if (guess !== undefined) throw new UsageError(`Unknown command \`${name}', did you mean \`${guess}'?`);
  throw new UsageError(`Unknown command \`${name}'`, { hint: "'boti help' lists the commands." });
}
