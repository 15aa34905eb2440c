import type { ManifestKind } from '@boti/manifest';
import { argument } from '../arguments/argument-spec.ts';
import { requiredText, text } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { renderManifest, templateOptions } from '../manifest/render-manifest.ts';
import { reportOddKeys } from '../manifest/report-odd-keys.ts';
import { configTable } from '../ui/config-table.ts';
import { showDiff } from '../ui/show-diff.ts';

export const updateConfig = directorCommand({
  name: 'update-config',
  aliases: ['uc'],
  summary: 'Store a new version of a config',
  args: { path: argument('PATH') },
  options: {
    type: requiredText('Type of config'),
    name: requiredText('Name of config'),
    expectedLatestId: text('Fail unless this is the newest version', { placeholder: 'ID' }),
    ...templateOptions,
  },

  async run({ ui, director, env }, { path, type, name, expectedLatestId, ...template }) {
    const rendered = await renderManifest(path, template, env);
    reportOddKeys(ui, rendered, { kind: kindOfConfig(type), isFatal: template.strict });
    const content = rendered.text;
    const diff = await director.configs.diff({ type, name, content });
    showDiff(ui, diff);
    await ui.confirm();
    const expected = expectedLatestId ?? diff.from?.id;
    const updated = await director.configs.update({
      type,
      name,
      content,
      ...(expected === undefined ? {} : { expected_latest_id: expected }),
    });
    ui.table(configTable(updated));
  },
});

/** Of other types nobody knows which keys they may have. */
function kindOfConfig(type: string): ManifestKind | undefined {
  return type === 'cloud' || type === 'runtime' || type === 'cpi' ? type : undefined;
}
