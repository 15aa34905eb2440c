import { createRelease as create, type ReleaseManifest } from '@boti/release';
import { optionalArgument } from '../arguments/argument-spec.ts';
import { flag, text } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { dirOption, releaseDirectory } from '../releases/release-directory.ts';
import { showRelease } from '../releases/show-release.ts';

export const createRelease = localCommand({
  name: 'create-release',
  aliases: ['cr'],
  summary: 'Build a release from a release directory, or the tarball of an existing one from its manifest',
  args: { manifestPath: optionalArgument('PATH') },
  options: {
    ...dirOption,
    name: text('Name of the release', { placeholder: 'NAME' }),
    version: text('Version of the release', { placeholder: 'VERSION' }),
    timestampVersion: flag('Take the time as dev version'),
    final: flag('Make a final release'),
    tarball: text('Write a tarball; ((name)) and ((version)) are filled in', { placeholder: 'PATH' }),
    force: flag('Go on in spite of uncommitted changes'),
  },

  async run(context, { dir, name, version, tarball, manifestPath, ...flags }) {
    const { ui } = context;
    const onRecorded = (kind: string, added: ReleaseManifest): void =>
      ui.line(`Added ${kind} release '${added.name}/${added.version}'`);
    const given = Object.entries({ name, version, tarball, manifestPath }).filter(([, value]) => value !== undefined);
    const options = { ...releaseDirectory(context, dir), ...flags, ...Object.fromEntries(given), onRecorded };
    const created = await create(options);
    for (const warning of created.warnings) ui.remark(`Warning: ${warning}`);
    showRelease(ui, created.manifest, created.tarball);
  },
});
