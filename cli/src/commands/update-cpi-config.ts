import { argument } from '../arguments/argument-spec.ts';
import { flag } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { renderManifest, templateOptions } from '../manifest/render-manifest.ts';
import { reportOddKeys } from '../manifest/report-odd-keys.ts';
import { showDiff } from '../ui/show-diff.ts';

export const updateCpiConfig = directorCommand({
  name: 'update-cpi-config',
  summary: 'Store a new version of the CPI config',
  args: { path: argument('PATH') },
  options: { ...templateOptions, noRedact: flag('Show secrets in the diff') },

  async run({ ui, director, env }, { path, noRedact, ...template }) {
    const rendered = await renderManifest(path, template, env);
    reportOddKeys(ui, rendered, { kind: 'cpi', isFatal: template.strict });
    const content = rendered.text;
    showDiff(ui, await director.legacyConfigs.diff('cpi', content, { redact: !noRedact }));
    await ui.confirm();
    await director.legacyConfigs.update('cpi', content);
  },
});
