// `boti interpolate` as it comes in a clone, on a manifest of the size of cf-deployment; beside upstream's CLI where
// BOSH_CLI names one. Upstream reads a variables store again for each variable, and so takes long.
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@boti/core';
import { tempDir } from '@boti/testkit';
import { Cleanups } from './support/cleanups.ts';
import { compareClis } from './support/compare-clis.ts';
import { interpolateCorpus } from './support/interpolate-corpus.ts';
import { isQuick, say } from './support/report.ts';

await using cleanups = new Cleanups();
const folder = await tempDir(cleanups);
const files = interpolateCorpus();
for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
const inFolder = (name: string): string => join(folder, name);
const ops = Object.keys(files).filter((name) => name.startsWith('ops-'));
say(`${(files['manifest.yml'] ?? '').split('\n').length - 1} lines, ${ops.length} ops files`);

const args = ['interpolate', inFolder('manifest.yml'), ...ops.flatMap((name) => ['-o', inFolder(name)])];
args.push('-v', 'system_domain=example.com');
const scenes = [
  { name: 'vars-file', flags: ['-l', inFolder('values.yml')], rounds: isQuick ? 3 : 15 },
  { name: 'vars-store', flags: ['--vars-store', inFolder('store.yml')], rounds: isQuick ? 1 : 3 },
];
for (const { name, flags, rounds } of scenes) {
  const prepare = (): Promise<void> => copyFile(inFolder('values.yml'), inFolder('store.yml'));
  await prepare();
  await requireSameOutput([...args, ...flags]);
  await compareClis({
    name: `interpolate/${name}`,
    args: [...args, ...flags],
    home: folder,
    rounds,
    isWarm: true,
    prepare,
  });
}

/** What is quick and wrong is no use. */
async function requireSameOutput(all: readonly string[]): Promise<void> {
  const boti = join(import.meta.dirname, '../bin/boti');
  const outputs = [];
  for (const cli of [boti, process.env.BOSH_CLI ?? boti]) outputs.push((await runCommand(cli, all)).stdout);
  if (outputs[0] !== outputs[1]) throw new Error('The outputs of boti and upstream differ');
}
