import { parseArgs } from 'node:util';
import { ExpectedError } from '@boti/core';
import { z } from 'zod';
import { readJsonFile } from './json-file.ts';
import { configDriveSource } from './settings/config-drive-source.ts';
import { fileSource } from './settings/file-source.ts';
import { httpSource } from './settings/http-source.ts';
import { instanceMetadataSource } from './settings/instance-metadata-source.ts';
import type { SettingsSource } from './settings/settings-source.ts';

export interface CommandLine {
  /** `dummy` leaves the operating system alone: users, passwords, host name, networks. */
  readonly platform: 'ubuntu' | 'dummy';
  readonly configPath: string;
  readonly baseDir: string;
  readonly systemRoot: string;
  readonly supervisorUrl: string;
  readonly alertPort: number;
  readonly heartbeatMs: number;
  readonly verbose: boolean;
}

export const usage = `Usage: bosh-agent -P ubuntu -C /var/vcap/bosh/agent.json [options]
 -P NAME       platform: ubuntu, or dummy to leave the operating system alone
 -C FILE       configuration (default /var/vcap/bosh/agent.json)
 -M NAME       job supervisor; accepted for compatibility
 -b DIR        base directory (default /var/vcap)
 -v            log more
 --system-root DIR, --supervisor-url URL, --alert-port N, --heartbeat-ms N   for tests
`;

export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      platform: { type: 'string', short: 'P', default: 'ubuntu' },
      config: { type: 'string', short: 'C' },
      'job-supervisor': { type: 'string', short: 'M' },
      base: { type: 'string', short: 'b', default: '/var/vcap' },
      verbose: { type: 'boolean', short: 'v', default: false },
      'system-root': { type: 'string', default: '/' },
      'supervisor-url': { type: 'string', default: 'http://127.0.0.1:2822' },
      'alert-port': { type: 'string', default: '2825' },
      'heartbeat-ms': { type: 'string', default: '30000' },
    },
  });
  const { platform } = values;
  if (platform !== 'ubuntu' && platform !== 'dummy') {
    throw new ExpectedError(`Platform '${platform}' is unknown`, { hint: 'Use -P ubuntu or -P dummy.' });
  }
  return {
    platform,
    configPath: values.config ?? `${values.base}/bosh/agent.json`,
    baseDir: values.base,
    systemRoot: values['system-root'],
    supervisorUrl: values['supervisor-url'],
    alertPort: Number(values['alert-port']),
    heartbeatMs: Number(values['heartbeat-ms']),
    verbose: values.verbose,
  };
}

const linuxSchema = z.looseObject({
  UseDefaultTmpDir: z.boolean().default(false),
  UsePreformattedPersistentDisk: z.boolean().default(false),
  BindMountPersistentDisk: z.boolean().default(false),
  SkipDiskSetup: z.boolean().default(false),
  CreatePartitionIfNoEphemeralDisk: z.boolean().default(false),
  DevicePathResolutionType: z.string().default(''),
  PartitionerType: z.string().default(''),
});
/** `Platform.Linux` of agent.json; unknown keys are ignored. Source: bosh-agent platform/provider.go. */
export type LinuxOptions = z.infer<typeof linuxSchema>;

const sourceSchema = z.looseObject({
  Type: z.string(),
  SettingsPath: z.string().default(''),
  MetaDataPath: z.string().default(''),
  UserDataPath: z.string().default(''),
  SSHKeysPath: z.string().default(''),
  TokenPath: z.string().default(''),
  URI: z.string().default(''),
  Headers: z.record(z.string(), z.string()).nullish(),
  DiskPaths: z.array(z.string()).nullish(),
});
type SourceConfig = z.infer<typeof sourceSchema>;

const configSchema = z.looseObject({
  Platform: z.looseObject({ Linux: linuxSchema.prefault({}) }).prefault({}),
  Infrastructure: z.looseObject({ Settings: z.looseObject({ Sources: z.array(sourceSchema) }) }),
});

export interface AgentConfig {
  readonly linux: LinuxOptions;
  readonly sources: readonly SettingsSource[];
}

/** Reads agent.json. */
export async function loadConfig(path: string): Promise<AgentConfig> {
  const content = await readJsonFile(path);
  if (content === undefined)
    throw new ExpectedError(`The configuration ${path} does not exist`, { hint: 'Name it with -C.' });
  const result = configSchema.safeParse(content);
  if (!result.success) throw new ExpectedError(`The configuration ${path} is wrong: ${z.prettifyError(result.error)}`);
  const { Platform, Infrastructure } = result.data;
  return { linux: Platform.Linux, sources: Infrastructure.Settings.Sources.map(sourceOf) };
}

function sourceOf(source: SourceConfig): SettingsSource {
  const headers = source.Headers ?? {};
  switch (source.Type) {
    case 'File':
      return fileSource({ settingsPath: source.SettingsPath });
    case 'HTTP':
      return httpSource({
        uri: source.URI,
        headers,
        userDataPath: source.UserDataPath,
        sshKeysPath: source.SSHKeysPath,
        tokenPath: source.TokenPath,
      });
    case 'InstanceMetadata':
      return instanceMetadataSource({ uri: source.URI, headers, settingsPath: source.SettingsPath });
    case 'ConfigDrive':
      return configDriveSource({
        diskPaths: source.DiskPaths ?? [],
        metaDataPath: source.MetaDataPath,
        userDataPath: source.UserDataPath,
      });
    default:
      throw new ExpectedError(`Settings source '${source.Type}' is unknown`, {
        hint: 'Known are File, HTTP, InstanceMetadata and ConfigDrive.',
      });
  }
}
