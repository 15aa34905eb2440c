import { argument } from '../arguments/argument-spec.ts';
import { requiredText, text } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { renderManifest, templateOptions } from '../manifest/render-manifest.ts';
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
    const { text: content } = await renderManifest(path, template, env);
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
