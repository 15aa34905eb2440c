import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildStemcell } from '@boti/stemcell-builder';
import { flag, text } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { botiHome } from '../embedded/boti-home.ts';
import { progressOn } from '../embedded/progress.ts';

export const stemcellBuild = localCommand({
  name: 'stemcell build',
  summary: 'Build a stemcell from Debian packages, or take it from the cache when nothing has changed',
  options: {
    output: text('Where the tarball goes: a file, or a folder to be named in', { placeholder: 'PATH' }),
    agent: text("Agent to put in, e.g. upstream's bosh-agent, in place of boti's own", { placeholder: 'FILE' }),
    cacheDir: text('Where parts and finished stemcells are kept (default cache/ in $BOTI_HOME)', {
      placeholder: 'DIR',
    }),
    version: text('Version of the stemcell, in place of one made from the date', { placeholder: 'VERSION' }),
    refresh: flag('Fetch the packages again, whatever the cache has'),
  },

  async run({ ui, env, signal }, { output, agent, cacheDir, version: wanted, refresh }) {
    const home = botiHome(env, undefined);
    const progress = progressOn(ui);
    await mkdir(home.log, { recursive: true });
    const given = { outputPath: output, agentBinary: agent, version: wanted };
    await progress.step('stemcell', async (detail) => {
      const built = await buildStemcell({
        cacheDir: join(cacheDir ?? home.cache, 'stemcells'),
        logFile: join(home.log, 'stemcell.log'),
        refresh,
        signal,
        onProgress: ({ stage, detail: text }) => detail(text === undefined ? stage : `${stage}: ${text}`),
        ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      });
      ui.block(`${built.path}\n`);
      const { name, version } = built.manifest;
      return `${name}/${version} ${built.fromCache ? 'is in the cache' : 'built'}`;
    });
  },
});
