import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { tempDir } from '@boti/testkit';
import { runCli } from './run-cli.ts';

const commands = ['create-env', 'delete-env', 'stop-env', 'start-env'] as const;

async function aManifest(t: TestContext, text: string): Promise<string> {
  const path = join(await tempDir(t), 'env.yml');
  await writeFile(path, text);
  return path;
}

test('without a state file there is nothing to delete, stop or start', async (t) => {
  const manifest = await aManifest(t, 'name: tiny\n');

  for (const command of commands.slice(1)) {
    const { exit, stdout } = await runCli([command, manifest, '--tty']);

    assert.equal(exit, 0);
    assert.equal(
      stdout,
      `Deployment manifest: '${manifest}'\nDeployment state: '${manifest.replace('.yml', '-state.json')}'\nNo deployment state file found.\n\nSucceeded\n`,
    );
  }
});

test('stages are told without a terminal, and as lines of JSON', async (t) => {
  const manifest = await aManifest(t, 'name: tiny\nreleases: [{name: cpi, url: "file://nope.tgz"}]\n');

  const plain = await runCli(['create-env', manifest, '--state', manifest.replace('env.yml', 's.json')]);
  const json = await runCli(['create-env', manifest, '--json']);

  assert.equal(plain.exit, 1);
  assert.match(
    plain.stdout,
    /^Deployment manifest: .*\nDeployment state: '.*s\.json'\n\nStarted validating\nFailed validating \(00:00:00\)\n/,
  );
  assert.match(plain.stderr, /cloud_provider\.template must name/);
  const { Lines: lines } = JSON.parse(json.stdout) as { readonly Lines: readonly string[] };
  assert.deepEqual(lines.slice(2, 5), ['\n', 'Started validating\n', 'Failed validating (00:00:00)\n']);
  assert.equal(lines.at(-1), 'Exit code 1');
});

test('variables without a value are named, and nothing is begun', async (t) => {
  const manifest = await aManifest(t, 'name: ((title))\nreleases: [{name: a, url: ((where))}]\n');

  for (const command of commands) {
    const { exit, stderr } = await runCli([command, manifest, '-v', 'title=x']);

    assert.equal(exit, 1);
    assert.match(stderr, /Expected to find variables:\s+.*where/);
    assert.doesNotMatch(stderr, /title/);
  }
});
