import { finalizeRelease as finalize } from '@boti/release';
import { argument } from '../arguments/argument-spec.ts';
import { flag, text } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { dirOption, releaseDirectory } from '../releases/release-directory.ts';
import { showRelease } from '../releases/show-release.ts';

export const finalizeRelease = localCommand({
  name: 'finalize-release',
  summary: 'Make a final release of a tarball',
  args: { tarball: argument('PATH') },
  options: {
    ...dirOption,
    name: text('Name of the final release', { placeholder: 'NAME' }),
    version: text('Version of the final release', { placeholder: 'VERSION' }),
    force: flag('Go on in spite of uncommitted changes'),
  },

  async run(context, { dir, tarball, name, version, force }) {
    const given = Object.entries({ name, version }).filter(([, value]) => value !== undefined);
    const options = { ...releaseDirectory(context, dir), ...Object.fromEntries(given), tarball, force };
    const { manifest } = await finalize(options);
    context.ui.line(`Added final release '${manifest.name}/${manifest.version}'`);
    showRelease(context.ui, manifest);
  },
});
