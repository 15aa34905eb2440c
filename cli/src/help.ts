import { argumentUsage } from './arguments/argument-spec.ts';
import { globalOptions } from './arguments/global-options.ts';
import { longName, type OptionSpec, type OptionSpecs } from './arguments/option-spec.ts';
import type { Command } from './command.ts';
import { allCommands } from './commands/index.ts';

export async function programHelp(): Promise<string> {
  return [
    'Usage:',
    '  boti [OPTIONS] COMMAND',
    '',
    'Options:',
    ...optionLines(globalOptions),
    '',
    'Commands:',
    ...columns((await allCommands()).map(nameAndSummary)),
    '',
    "'boti COMMAND --help' shows the options of a command.",
    '',
  ].join('\n');
}

/** Help for the first word of several commands: `cpi`. */
export async function groupHelp(group: string): Promise<string> {
  const commands = (await allCommands()).filter(({ name }) => name.startsWith(`${group} `));
  return [
    'Usage:',
    `  boti [OPTIONS] ${group} COMMAND`,
    '',
    'Commands:',
    ...columns(commands.map(nameAndSummary)),
    '',
    `'boti ${group} COMMAND --help' shows the options of a command.`,
    '',
  ].join('\n');
}

function nameAndSummary({ name, aliases, summary }: Command): readonly [string, string] {
  return [name, aliases.length === 0 ? summary : `${summary} (${aliases.join(', ')})`];
}

export function commandHelp(command: Command): string {
  const hasOptions = Object.keys(command.options).length > 0;
  const args = Object.values(command.args).map((spec) => ` ${argumentUsage(spec)}`);
  const usage = `  boti [OPTIONS] ${command.name}${hasOptions ? ` [${command.name} OPTIONS]` : ''}${args.join('')}`;
  return [
    command.summary,
    '',
    'Usage:',
    usage,
    ...(command.aliases.length === 0 ? [] : ['', `Also called: ${command.aliases.join(', ')}`]),
    ...(hasOptions ? ['', 'Options of the command:', ...optionLines(command.options)] : []),
    '',
    'Options:',
    ...optionLines(globalOptions),
    '',
  ].join('\n');
}

function optionLines(specs: OptionSpecs): readonly string[] {
  return columns(Object.entries(specs).map(([key, spec]) => [names(key, spec), explanation(spec)] as const));
}

function names(key: string, spec: OptionSpec<unknown>): string {
  const short = spec.short === undefined ? '    ' : `-${spec.short}, `;
  const placeholder = spec.placeholder ?? 'VALUE';
  const value = { none: '', required: `=${placeholder}`, optional: `[=${spec.implied}]` }[spec.value];
  return `${short}--${longName(key)}${value}`;
}

function explanation({ summary, defaultText, env, isRequired }: OptionSpec<unknown>): string {
  const notes = [
    ...(isRequired ? ['required'] : []),
    ...(defaultText === undefined ? [] : [`default ${defaultText}`]),
    ...(env === undefined ? [] : [`$${env}`]),
  ];
  return notes.length === 0 ? summary : `${summary} (${notes.join(', ')})`;
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
