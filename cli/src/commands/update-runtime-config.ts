import { argument } from '../arguments/argument-spec.ts';
import { flag, text } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { renderManifest, templateOptions } from '../manifest/render-manifest.ts';
import { reportOddKeys } from '../manifest/report-odd-keys.ts';
import { uploadManifestReleases } from '../releases/upload-manifest-releases.ts';
import { showDiff } from '../ui/show-diff.ts';

export const updateRuntimeConfig = directorCommand({
  name: 'update-runtime-config',
  aliases: ['urc'],
  summary: 'Store a new version of the runtime config',
  args: { path: argument('PATH') },
  options: {
    ...templateOptions,
    noRedact: flag('Show secrets in the diff'),
    name: text('Name of the config (default "default")'),
    fixReleases: flag('Upload its releases again'),
  },

  async run(context, { path, name, noRedact, fixReleases, ...template }) {
    const { ui, director, env } = context;
    const rendered = await renderManifest(path, template, env);
    reportOddKeys(ui, rendered, { kind: 'runtime', isFatal: template.strict });
    showDiff(ui, await director.legacyConfigs.diff('runtime', rendered.text, { name, redact: !noRedact }));
    const content = await uploadManifestReleases(context, rendered.text, { fix: fixReleases });
    await ui.confirm();
    await director.legacyConfigs.update('runtime', content, name);
  },
});
