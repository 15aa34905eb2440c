import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCli } from './run-cli.ts';

test('help of a group lists its commands', async () => {
  for (const args of [
    ['cpi', '--help'],
    ['help', 'cpi'],
  ]) {
    const { exit, stdout } = await runCli(args);

    assert.equal(exit, 0);
    assert.match(stdout, /^ {2}cpi new +[A-Z].*\n/m);
    assert.doesNotMatch(stdout, /stemcell build/);
  }
});

test('a group without a command, or with a misspelt one, says what there is', async () => {
  const alone = await runCli(['stemcell']);
  const misspelt = await runCli(['stemcell', 'buil']);

  assert.equal(alone.exit, 1);
  assert.match(alone.stderr, /^Please name a command of 'stemcell'\nHint: 'boti stemcell --help' lists them\.\n/);
  assert.equal(misspelt.exit, 1);
  assert.match(misspelt.stderr, /^Unknown command `stemcell buil'\nHint: Did you mean 'boti stemcell build'\?\n/);
});
