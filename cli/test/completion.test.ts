import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCommand } from '@boti/core';
import { tempDir, testCertificates } from '@boti/testkit';
import { stringify } from 'yaml';
import { runCli } from './run-cli.ts';
import { surfaceDirector } from './surface-director.ts';

const certificates = await testCertificates();

async function words(typed: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const { stdout } = await runCli(['__complete', ...typed], { env: { HOME: '/nonexistent', ...env } });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '');
}

async function knownDirector(t: TestContext) {
  const director = await surfaceDirector(certificates, false);
  t.after(() => director[Symbol.asyncDispose]());
  const BOSH_CONFIG = join(await tempDir(t), 'config');
  const entry = { url: director.url, alias: 'lite', ca_cert: certificates.ca.certificate };
  const environments = [{ ...entry, username: 'admin', password: 'pw' }];
  await writeFile(BOSH_CONFIG, stringify({ environments }));
  return { BOSH_CONFIG };
}

test('commands, aliases, flags and the second words of commands are completed', async () => {
  assert.deepEqual(await words(['deplo']), ['deploy', 'deployment', 'deployments']);
  assert.deepEqual(await words(['-n', 'inter']), ['interpolate']);
  assert.deepEqual(await words(['stemcell', '']), ['build']);
  assert.deepEqual(await words(['deploy', 'm.yml', '--vars-']), ['--vars-env=', '--vars-file=', '--vars-store=']);
  assert.deepEqual(await words(['vms', '--dep']), ['--deployment=']);
});

test('where a path is wanted the shell is asked for files', async () => {
  assert.deepEqual(await words(['deploy', '']), [':files']);
  assert.deepEqual(await words(['deploy', '--vars-file=v']), [':files']);
  assert.deepEqual(await words(['deploy', '-o', '']), [':files']);
});

test('names of environments come from the config file, deployments from the Director', async (t) => {
  const env = await knownDirector(t);

  assert.deepEqual(await words(['-e', ''], env), ['lite']);
  assert.deepEqual(await words(['-e', 'lite', '-d', ''], env), ['aa', 'zz']);
  assert.deepEqual(await words(['vms', '-e', 'lite', '--deployment=z'], env), ['--deployment=zz']);
});

test('a Director that does not answer, and a command that does not exist, give nothing', async () => {
  assert.deepEqual(await words(['-e', 'https://127.0.0.1:1', '-d', '']), ['']);
  assert.deepEqual(await words(['nonsense', '']), ['']);
});

test('the script for bash completes what bash hands to it', async (t) => {
  const boti = join(import.meta.dirname, '../../bin/boti');
  const dir = await tempDir(t);
  await writeFile(join(dir, 'manifest.yml'), '');
  const script = `
    source <(${boti} completion bash)
    try() {
      COMP_LINE=$1 COMP_POINT=\${#1} COMP_CWORD=$(($# - 2))
      shift
      COMP_WORDS=("$@")
      _boti
      printf '%s\\n' "\${COMPREPLY[*]}"
    }
    try '${boti} completion ' ${boti} completion ''
    try '${boti} deploy --vars-f' ${boti} deploy --vars-f
    try '${boti} deploy --vars-file=mani' ${boti} deploy --vars-file = mani
    try '${boti} deploy mani' ${boti} deploy mani`;

  const { stdout } = await runCommand('bash', ['-c', script], { cwd: dir });

  assert.equal(stdout, 'bash fish zsh\n--vars-file=\nmanifest.yml\nmanifest.yml\n');
});
