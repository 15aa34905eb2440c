import { ExpectedError } from '@boti/core';
import { readJsonFile } from '../json-file.ts';
import { parseSettings, type SettingsSource } from './settings-source.ts';

/** Settings in a file of the VM, as container clouds leave them. */
export function fileSource({ settingsPath }: { readonly settingsPath: string }): SettingsSource {
  return {
    name: `file ${settingsPath}`,
    async settings() {
      const content = await readJsonFile(settingsPath);
      if (content === undefined) throw new ExpectedError(`The settings file ${settingsPath} does not exist`);
      return parseSettings(content, settingsPath);
    },
  };
}
