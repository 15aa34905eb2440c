import { httpSource } from './http-source.ts';
import type { SettingsSource } from './settings-source.ts';

export interface InstanceMetadataOptions {
  readonly uri: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly settingsPath: string;
}

/** The whole settings as one attribute of the instance (Google). */
export function instanceMetadataSource({ uri, headers, settingsPath }: InstanceMetadataOptions): SettingsSource {
  return httpSource({ uri, ...(headers && { headers }), userDataPath: settingsPath });
}
