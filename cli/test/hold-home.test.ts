import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdHome } from '../src/embedded/hold-home.ts';

const dir = `/nowhere/boti-${process.pid}`;

test('who comes second is told who holds the state directory; a third may have it afterwards', async () => {
  const first = await holdHome(dir, 'up');

  await assert.rejects(
    holdHome(`${dir}/.`, 'down'),
    new RegExp(`'boti up' \\(process ${process.pid}, since .*Z\\) is at work on ${dir}$`),
  );
  await using _other = await holdHome(`${dir}-2`, 'up');
  await first[Symbol.asyncDispose]();

  await using _third = await holdHome(dir, 'down');
});
