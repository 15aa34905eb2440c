import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { argumentUsage } from '../arguments/argument-spec.ts';
import { globalOptions } from '../arguments/global-options.ts';
import { longName, type OptionSpecs } from '../arguments/option-spec.ts';
import { allCommands, commandAliases, findCommand } from './index.ts';

interface Surface {
  readonly globals: readonly string[];
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  readonly flags: Readonly<Record<string, readonly string[]>>;
  /** As usage shows them: `PATH [DESTINATION]`. */
  readonly arguments: Readonly<Record<string, string>>;
}

const file = join(import.meta.dirname, '../../test/fixtures/surface.json');
const upstream = JSON.parse(await readFile(file, 'utf8')) as Surface;
const commands = await allCommands();

/** Gone in upstream's newest version. */
const dropped = ['--dns'];

test('every global flag of upstream is there, with its short name and environment variable', () => {
  const ours = Object.entries(globalOptions).map(([key, { short, value, env }]) => {
    const variable = env === undefined ? '' : ` $${env}`;
    return `${short === undefined ? '' : `-${short} `}--${longName(key)}${value === 'none' ? '' : '='}${variable}`;
  });

  // The recorded version did not have $BOSH_TTY yet.
  const recorded = ours.map((one) => one.replace(' $BOSH_TTY', ''));
  assert.deepEqual(recorded.sort(), [...upstream.globals].sort());
});

test('every command of upstream is there', () => {
  const ours = commands.map(({ name }) => name);

  assert.deepEqual(
    Object.keys(upstream.arguments).filter((name) => !ours.includes(name)),
    [],
  );
});

/** Upstream's usage calls these optional, or names them otherwise. */
const renamed: Readonly<Record<string, string>> = {
  'delete-network': 'NAME',
  help: '[COMMAND]',
  'sha1ify-release': 'PATH DESTINATION',
  'sha2ify-release': 'PATH DESTINATION',
  snapshots: '[INSTANCE-GROUP[/INSTANCE-ID]]',
  ssh: '[INSTANCE-GROUP[/INSTANCE-ID]] [COMMAND...]',
  'upload-release': '[URL-OR-PATH]',
  'upload-stemcell': 'URL-OR-PATH',
};

for (const command of commands.filter(({ name }) => name in upstream.arguments)) {
  test(`${command.name} takes the arguments that upstream's takes`, () => {
    const ours = Object.values(command.args).map(argumentUsage).join(' ');

    assert.equal(ours, renamed[command.name] ?? upstream.arguments[command.name]);
  });
}

for (const command of commands) {
  test(`${command.name} takes the flags and aliases that upstream's takes`, () => {
    const ours = flagsOf(command.options);
    const wanted = (upstream.flags[command.name] ?? []).filter((flag) => !dropped.includes(flag));

    const missing = wanted.filter((flag) => !ours.includes(flag));

    assert.deepEqual(missing, []);
    assert.deepEqual([...command.aliases].sort(), [...(upstream.aliases[command.name] ?? [])].sort());
  });

  test(`${command.name} is listed under its own name and aliases`, async () => {
    assert.deepEqual(command.aliases, commandAliases(command.name));
    for (const name of [command.name, ...command.aliases]) assert.equal(await findCommand(name), command);
  });
}

test('a name of a property of all objects is no command', async () => {
  assert.equal(await findCommand('constructor'), undefined);
});

function flagsOf(specs: OptionSpecs): readonly string[] {
  return Object.entries(specs).map(
    ([key, { short, value }]) =>
      `${short === undefined ? '' : `-${short} `}--${longName(key)}${value === 'none' ? '' : '='}`,
  );
}
