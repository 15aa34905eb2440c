import { messageOf } from '@boti/core';
import {
  type ConfigConflict as ConflictReply,
  configDiffRequestSchema,
  configSchema,
  diffReplySchema,
} from '@boti/director-api';
import { z } from 'zod';
import {
  deleteConfig,
  deleteConfigs,
  findConfig,
  latestConfig,
  listConfigs,
  type StoredConfig,
} from '../../configs/config-store.ts';
import { saveConfig } from '../../configs/save-config.ts';
import { BadConfig, BadConfigRequest, ConfigNotFound } from '../../errors.ts';
import { insertEvent } from '../../events/event-store.ts';
import { configMapping, storedContent } from '../config-content.ts';
import type { ApiDeps } from '../deps.ts';
import { parseJson } from '../read-body.ts';
import { type ApiRequest, empty, json, type Reply, type Route } from '../route.ts';
import { timeText } from '../time-text.ts';
import { teamsOf, type User } from '../user.ts';

export function configRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/configs',
      summary: 'List configs',
      right: 'list_configs',
      reply: z.array(configSchema),
      handle: (request) => list(deps, request),
    },
    {
      method: 'GET',
      path: '/configs/:id',
      summary: 'Show one version of a config',
      right: 'read',
      reply: configSchema,
      handle: async (request) => json(toWire(await requireConfig(deps, request.params.id))),
    },
    {
      method: 'POST',
      path: '/configs',
      summary: 'Store a new version of a config',
      right: 'update_configs',
      media: ['json'],
      reply: configSchema,
      handle: (request) => update(deps, request),
    },
    {
      method: 'POST',
      path: '/configs/diff',
      summary: 'Compare two configs',
      right: 'list_configs',
      media: ['json'],
      body: configDiffRequestSchema,
      reply: diffReplySchema,
      handle: (request) => diff(deps, request),
    },
    {
      method: 'DELETE',
      path: '/configs/:id',
      summary: 'Delete one version of a config',
      right: 'update_configs',
      handle: async (request) => {
        const config = await requireConfig(deps, request.params.id);
        deps.authorizer.requireOn(request.user, 'admin', ownedBy(config));
        await deleteConfig(deps.database, config.id);
        await recordChange(deps, request.user, { ...config, action: 'delete' });
        return empty(204);
      },
    },
    {
      method: 'DELETE',
      path: '/configs',
      summary: 'Delete all versions of a config',
      right: 'update_configs',
      handle: (request) => removeAll(deps, request),
    },
  ];
}

async function list({ database, authorizer }: ApiDeps, { query, user }: ApiRequest): Promise<Reply> {
  const latest = query.get('latest');
  if (latest !== undefined && latest !== 'true' && latest !== 'false') {
    throw new BadConfigRequest("'latest' must be 'true' or 'false'");
  }
  const limit = query.get('limit');
  if (limit !== undefined && !/^[1-9]\d*$/.test(limit)) {
    throw new BadConfigRequest("'limit' must be a number of at least 1");
  }
  const all = latest === 'false' ? undefined : 1;
  const configs = await listConfigs(database, {
    type: query.filled('type'),
    name: query.filled('name'),
    limit: limit === undefined ? all : Number(limit),
  });
  return json(configs.filter((config) => authorizer.isAllowedOn(user, 'read', ownedBy(config))).map(toWire));
}

async function requireConfig({ database }: ApiDeps, id: string | undefined): Promise<StoredConfig> {
  const config = /^\d{1,15}$/.test(id ?? '') ? await findConfig(database, Number(id)) : undefined;
  if (config === undefined) throw new ConfigNotFound(id ?? '');
  return config;
}

const wantedConfig = z.object({
  type: z.string().min(1),
  name: z.string().min(1),
  content: z.string(),
  expected_latest_id: z.union([z.string(), z.number()]).optional(),
});

/** Somebody else stored a version since the client looked. */
class ConfigConflict extends Error {
  readonly body: ConflictReply;

  constructor(latestId: string, expectedId: string) {
    super('Latest Id does not match expected latest id');
    this.body = { latest_id: latestId, expected_latest_id: expectedId, description: this.message };
  }
}

async function update(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const parsed = wantedConfig.safeParse(parseJson(await request.text()));
  if (!parsed.success) throw new BadConfigRequest("'type', 'name' and 'content' are required");
  const { type, name, expected_latest_id: expected } = parsed.data;
  const content = storedContent(type, parsed.data.content);
  const team = deps.authorizer.isAllowed(request.user, 'admin') ? null : (teamsOf(request.user, 'admin')[0] ?? null);
  try {
    const { config, isNew } = await saveConfig(deps.database, { type, name, content, team }, (latest) => {
      refuseOtherTeam(deps, request.user, latest);
      const latestId = String(latest?.id ?? 0);
      if (expected !== undefined && String(expected) !== latestId) throw new ConfigConflict(latestId, String(expected));
    });
    if (isNew) await recordChange(deps, request.user, { type, name, action: 'create' });
    return json(toWire(config), 201);
  } catch (error) {
    if (error instanceof ConfigConflict) return json(error.body, 412);
    throw error;
  }
}

function refuseOtherTeam({ authorizer }: ApiDeps, user: User, latest: StoredConfig | undefined): void {
  if (latest !== undefined) authorizer.requireOn(user, 'admin', ownedBy(latest));
}

async function removeAll(deps: ApiDeps, { query, user }: ApiRequest): Promise<Reply> {
  const type = query.filled('type');
  const name = query.filled('name');
  if (type === undefined || name === undefined) throw new BadConfigRequest("'type' and 'name' are required");
  const latest = await latestConfig(deps.database, type, name);
  if (latest === undefined) throw new ConfigNotFound(`of type '${type}' with name '${name}'`);
  deps.authorizer.requireOn(user, 'admin', ownedBy(latest));
  await deleteConfigs(deps.database, type, name);
  await recordChange(deps, user, { type, name, action: 'delete' });
  return empty(204);
}

async function diff(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const body = configDiffRequestSchema.safeParse(parseJson(await request.text()));
  if (!body.success) {
    throw new BadConfigRequest('Only one of the two formats is allowed: type, name and content, or from and to');
  }
  const options = { redact: true };
  try {
    if ('content' in body.data) {
      const { type, name, content } = body.data;
      const current = await latestConfig(deps.database, type, name);
      const lines = deps.diff(parseContent(current?.content ?? '{}'), parseContent(content), options);
      return json({ from: { id: String(current?.id ?? 0) }, diff: lines });
    }
    const from = await sideContent(deps, request, body.data.from);
    const to = await sideContent(deps, request, body.data.to);
    return json({ diff: deps.diff(parseContent(from), parseContent(to), options) });
  } catch (error) {
    if (!(error instanceof BadConfig)) throw error;
    return json({ diff: [], error: `Unable to diff config content: ${messageOf(error)}` }, 400);
  }
}

/** Upstream's CLI always sends both keys and leaves one of them empty. */
async function sideContent(
  deps: ApiDeps,
  { user }: ApiRequest,
  side: { readonly id?: string | undefined; readonly content?: string | undefined },
): Promise<string> {
  if (side.content) return side.content;
  if (!side.id) throw new BadConfigRequest("'id' or 'content' is required");
  const config = await requireConfig(deps, side.id);
  deps.authorizer.requireOn(user, 'admin', ownedBy(config));
  return config.content;
}

function parseContent(content: string): Readonly<Record<string, unknown>> {
  return content.trim() === '' ? {} : configMapping(content);
}

async function recordChange(
  { database }: ApiDeps,
  user: User,
  { action, type, name }: { readonly action: string; readonly type: string; readonly name: string },
): Promise<void> {
  await insertEvent(database, { user: user.name, action, objectType: `config/${type}`, objectName: name });
}

function ownedBy({ team }: StoredConfig): { readonly teams: readonly string[] } {
  return { teams: team === null ? [] : [team] };
}

function toWire(config: StoredConfig): z.infer<typeof configSchema> {
  return {
    content: config.content,
    id: String(config.id),
    type: config.type,
    name: config.name,
    team: config.team,
    created_at: timeText(config.createdAt),
    current: config.isCurrent,
  };
}
