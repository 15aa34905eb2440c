import { interpolateTemplate, parseOpsFile, parsePath, readInput, readVariables, varsStoreFile } from '@boti/manifest';
import { argument } from '../arguments/argument-spec.ts';
import { flag, text } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { readInput as readManifest } from '../manifest/read-input.ts';
import { templateOptions } from '../manifest/template-options.ts';

export const interpolate = localCommand({
  name: 'interpolate',
  aliases: ['int'],
  summary: 'Fill variables into a manifest and apply operations to it',
  args: { manifest: argument('PATH') },
  options: {
    ...templateOptions,
    path: text('Show only what is at this path', { placeholder: 'OP-PATH' }),
    varErrs: flag('Fail if a variable that is used has no value'),
    varErrsUnused: flag('Fail if a variable that has a value is not used'),
  },

  async run({ ui, env }, { manifest, path, varsStore, varErrs, varErrsUnused, ...flags }) {
    if (path !== undefined) parsePath(path);
    const ops = [];
    for (const file of flags.opsFile) ops.push(parseOpsFile(await readInput(file, 'Ops file'), file));
    const vars = await readVariables(flags, env);
    const rendered = await interpolateTemplate({
      template: { text: await readManifest(manifest), file: manifest },
      ops,
      vars,
      varErrs,
      varErrsUnused,
      ...(varsStore === undefined ? {} : { varsStore: varsStoreFile(varsStore) }),
      ...(path === undefined ? {} : { path }),
    });
    ui.block(rendered.text);
  },
});
