import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExpectedError, errnoOf, messageOf, writeFileAtomic } from '@boti/core';
import type { Config, StoredEnvironment } from './config-schema.ts';

export type { StoredEnvironment } from './config-schema.ts';

const credentialKeys = ['username', 'password', 'access_token_type', 'access_token', 'refresh_token'] as const;
export type Credentials = Pick<StoredEnvironment, (typeof credentialKeys)[number]>;

/** Upstream's `~/.bosh/config`. Read when asked, written whole; keys that we do not know stay. */
export class ConfigFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async environments(): Promise<readonly StoredEnvironment[]> {
    return (await this.#read()).environments ?? [];
  }

  /** The entry with this alias or URL. */
  async find(urlOrAlias: string): Promise<StoredEnvironment | undefined> {
    return (await this.environments()).find((entry) => entry.url === urlOrAlias || entry.alias === urlOrAlias);
  }

  /** An entry for the URL or alias is overwritten but keeps its credentials: a URL can have one alias only. */
  async setAlias(alias: string, url: string, caCert: string | undefined): Promise<void> {
    await this.#change((environments) => {
      const index = environments.findIndex((entry) => entry.url === url || entry.alias === alias);
      const { ca_cert: _, ...old } = environments[index] ?? { url };
      const entry = { ...old, url, ...(caCert === undefined ? {} : { ca_cert: caCert }), alias };
      return index === -1 ? [...environments, entry] : environments.with(index, entry);
    });
  }

  async removeAlias(alias: string): Promise<void> {
    await this.#change((environments) => {
      const kept = environments.filter((entry) => entry.alias !== alias);
      if (kept.length === environments.length) {
        throw new ExpectedError(`Alias '${alias}' not found`, { hint: "'boti environments' lists them." });
      }
      return kept;
    });
  }

  /** Replaces the credentials of an environment; without any they are only removed. An unknown one is added. */
  async setCredentials(urlOrAlias: string, credentials: Credentials): Promise<void> {
    await this.#change((environments) => {
      const index = environments.findIndex((entry) => entry.url === urlOrAlias || entry.alias === urlOrAlias);
      const entry: StoredEnvironment = { ...(environments[index] ?? { url: urlOrAlias }) };
      for (const key of credentialKeys) delete entry[key];
      const changed = { ...entry, ...credentials };
      return index === -1 ? [...environments, changed] : environments.with(index, changed);
    });
  }

  async #change(change: (environments: readonly StoredEnvironment[]) => readonly StoredEnvironment[]): Promise<void> {
    const config = await this.#read();
    const environments = change(config.environments ?? []);
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    const { formatConfig } = await import('./config-schema.ts');
    await writeFileAtomic(this.#path, formatConfig({ ...config, environments: [...environments] }), 0o600);
  }

  async #read(): Promise<Config> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return { environments: [] };
      throw new ExpectedError(`Reading config '${this.#path}'`, { cause: error });
    }
    try {
      // Loaded here: many commands need no config.
      return (await import('./config-schema.ts')).parseConfig(text);
    } catch (cause) {
      const hint = 'Mend or remove the file, or name another with --config.';
      throw new ExpectedError(`Config '${this.#path}' is not valid: ${messageOf(cause)}`, { cause, hint });
    }
  }
}
