import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { updateStemcellTask } from '../src/tasks/task-kinds.ts';
import { packStemcell, stagesOf, startDeployLab, succeeded, webManifest, webRelease } from './support/deploy-lab.ts';

const lab = await startDeployLab({ after });
succeeded(await lab.uploadRelease(webRelease));

async function deployOn(version: string, compileKey?: string): Promise<readonly string[]> {
  const path = await packStemcell(lab.directory, { version, ...(compileKey !== undefined && { compileKey }) });
  succeeded(await lab.run(updateStemcellTask, { tarball: { path }, sha1: null, fix: false }));
  return stagesOf(succeeded(await lab.deploy(webManifest)));
}

test('a stemcell that differs in its agent only needs nothing to be compiled again', async () => {
  const first = await deployOn('2.1', 'glibc 2.36, gcc 12');
  const otherAgent = await deployOn('2.2', 'glibc 2.36, gcc 12');

  assert.ok(first.includes('Compiling packages'));
  assert.ok(otherAgent.includes('Updating instance'));
  assert.ok(!otherAgent.includes('Compiling packages'));
});

test('one with another compiler does, and one of which nothing is known', async () => {
  const stages = [await deployOn('2.3', 'glibc 2.41, gcc 14'), await deployOn('2.4'), await deployOn('2.5')];

  assert.deepEqual(
    stages.map((names) => names.includes('Compiling packages')),
    [true, true, true],
  );
});
