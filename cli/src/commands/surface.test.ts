import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { globalOptions } from '../arguments/global-options.ts';
import { longName, type OptionSpecs } from '../arguments/option-spec.ts';
import { allCommands, commandAliases, findCommand } from './index.ts';

interface Surface {
  readonly globals: readonly string[];
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  readonly flags: Readonly<Record<string, readonly string[]>>;
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
