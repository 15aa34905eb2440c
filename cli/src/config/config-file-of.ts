import { homedir } from 'node:os';
import { join } from 'node:path';
import type { GlobalOptions } from '../arguments/global-options.ts';
import type { Environment } from '../arguments/parse-arguments.ts';
import { ConfigFile } from './config-file.ts';

/** The config file that flags and environment variables name. */
export function configFileOf({ config }: Pick<GlobalOptions, 'config'>, env: Environment): ConfigFile {
  return new ConfigFile(config.startsWith('~/') ? join(env.HOME ?? homedir(), config.slice(2)) : config);
}
