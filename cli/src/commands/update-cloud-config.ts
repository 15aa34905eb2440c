import { argument } from '../arguments/argument-spec.ts';
import { text } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { renderManifest, templateOptions } from '../manifest/render-manifest.ts';
import { reportOddKeys } from '../manifest/report-odd-keys.ts';
import { showDiff } from '../ui/show-diff.ts';

export const updateCloudConfig = directorCommand({
  name: 'update-cloud-config',
  aliases: ['ucc'],
  summary: 'Store a new version of the cloud config',
  args: { path: argument('PATH') },
  options: { name: text('Name of the config (default "default")'), ...templateOptions },

  async run({ ui, director, env }, { path, name, ...template }) {
    const rendered = await renderManifest(path, template, env);
    reportOddKeys(ui, rendered, { kind: 'cloud', isFatal: template.strict });
    const content = rendered.text;
    showDiff(ui, await director.legacyConfigs.diff('cloud', content, { name }));
    await ui.confirm();
    await director.legacyConfigs.update('cloud', content, name);
  },
});
