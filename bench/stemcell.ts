// A stemcell from nothing but the package mirror, and again from the cache.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildStemcell } from '@boti/stemcell-builder';
import { tempDir } from '@boti/testkit';
import { Cleanups } from './support/cleanups.ts';
import { cpuSeconds } from './support/processes.ts';
import { report, say } from './support/report.ts';

await using cleanups = new Cleanups();
const directory = await tempDir(cleanups);
const build = () =>
  buildStemcell({
    cacheDir: join(directory, 'cache'),
    logFile: join(directory, 'stemcell.log'),
    onProgress: ({ stage, detail }) => say(`${stage}: ${detail}`),
  });

const cold = await build();
report('stemcell/cold', cold.elapsedMs / 1000, 's');
// Of the tools that it runs, too: tells more than the time where the machine has other work.
report('stemcell/cold-cpu', cpuSeconds([process.pid]), 'CPU-s');
report('stemcell/size', (await stat(cold.path)).size / 1e6, 'MB');
const warm = await build();
if (!warm.fromCache) throw new Error('the second build was not taken from the cache');
report('stemcell/warm', warm.elapsedMs / 1000, 's');
