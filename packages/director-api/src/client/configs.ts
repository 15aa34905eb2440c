import { z } from 'zod';
import { mediaTypes } from '../media-types.ts';
import {
  type Config,
  type ConfigDiffRequest,
  configSchema,
  legacyConfigSchema,
  type UpdateConfigRequest,
} from '../shapes/configs.ts';
import { type DiffReply, diffReplySchema } from '../shapes/deployments.ts';
import type { DirectorSession } from './director-session.ts';
import { path, queryString } from './query-string.ts';

export type LegacyConfigKind = 'cloud' | 'runtime' | 'cpi';

export interface ConfigQuery {
  readonly type?: string | undefined;
  readonly name?: string | undefined;
  readonly latest?: boolean | undefined;
  readonly limit?: number | undefined;
}

const json = { 'Content-Type': mediaTypes.json };
const yaml = { 'Content-Type': mediaTypes.yaml };

/** The generic `/configs` routes. */
export function configsApi(session: DirectorSession) {
  return {
    async list({ type, name, latest, limit }: ConfigQuery): Promise<Config[]> {
      const url = `/configs${queryString({ latest: latest === undefined ? undefined : String(latest), limit, name, type })}`;
      return await session.json('Listing configs', { method: 'GET', path: url }, z.array(configSchema));
    },

    async get(id: string): Promise<Config> {
      return await session.json(`Finding config '${id}'`, { method: 'GET', path: path`/configs/${id}` }, configSchema);
    },

    async update(request: UpdateConfigRequest): Promise<Config> {
      const sent = { method: 'POST', path: '/configs', headers: json, body: JSON.stringify(request) } as const;
      return await session.json('Updating config', sent, configSchema);
    },

    async delete(id: string): Promise<void> {
      await session.text(`Deleting config '${id}'`, { method: 'DELETE', path: path`/configs/${id}` });
    },

    async deleteAll(type: string, name: string): Promise<void> {
      await session.text('Deleting config', { method: 'DELETE', path: `/configs${queryString({ name, type })}` });
    },

    async diff(request: ConfigDiffRequest): Promise<DiffReply> {
      const sent = { method: 'POST', path: '/configs/diff', headers: json, body: JSON.stringify(request) } as const;
      return await session.json('Fetching diff result', sent, diffReplySchema);
    },
  };
}

/** The older routes, one for each type; CPI configs have no name there. */
export function legacyConfigsApi(session: DirectorSession) {
  const route = (kind: LegacyConfigKind): string => `/${kind}_configs`;
  return {
    /** The newest content, or undefined when there is none. */
    async latest(kind: LegacyConfigKind, name?: string): Promise<string | undefined> {
      const url = `${route(kind)}${queryString({ limit: 1, name })}`;
      const found = await session.json(
        `Finding ${kind} configs`,
        { method: 'GET', path: url },
        z.array(legacyConfigSchema),
      );
      return found[0]?.properties;
    },

    async update(kind: LegacyConfigKind, content: string, name?: string): Promise<void> {
      const request = {
        method: 'POST',
        path: `${route(kind)}${queryString({ name })}`,
        headers: yaml,
        body: content,
      } as const;
      await session.text(`Updating ${kind} config`, request);
    },

    async diff(
      kind: LegacyConfigKind,
      content: string,
      options: { name?: string | undefined; redact?: boolean },
    ): Promise<DiffReply> {
      const query = queryString({ name: options.name, redact: options.redact === false ? 'false' : undefined });
      const request = { method: 'POST', path: `${route(kind)}/diff${query}`, headers: yaml, body: content } as const;
      return await session.json('Fetching diff result', request, diffReplySchema);
    },
  };
}
