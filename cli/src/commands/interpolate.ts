import { manifestKindOf, parsePath } from '@boti/manifest';
import { argument } from '../arguments/argument-spec.ts';
import { flag, text } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { renderManifest, templateOptions } from '../manifest/render-manifest.ts';
import { reportOddKeys } from '../manifest/report-odd-keys.ts';

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

  async run({ ui, env }, { manifest, path, varErrs, varErrsUnused, ...flags }) {
    if (path !== undefined) parsePath(path);
    const rendered = await renderManifest(manifest, flags, env, { path, varErrs, varErrsUnused });
    const kind = path === undefined ? manifestKindOf(rendered.value) : undefined;
    reportOddKeys(ui, rendered, { kind, isFatal: flags.strict });
    ui.block(rendered.text);
  },
});
