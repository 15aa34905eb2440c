import { messageOf } from '@boti/core';
import { diffReplySchema, legacyConfigSchema } from '@boti/director-api';
import { z } from 'zod';
import { latestConfig, listConfigs } from '../../configs/config-store.ts';
import { saveConfig } from '../../configs/save-config.ts';
import { DirectorError } from '../../director-error.ts';
import { insertEvent } from '../../events/event-store.ts';
import { storedContent } from '../config-content.ts';
import type { ApiDeps } from '../deps.ts';
import { parseMapping } from '../parse-mapping.ts';
import { type ApiRequest, json, type Reply, type Route, text } from '../route.ts';
import { timeText } from '../time-text.ts';

interface LegacyType {
  readonly type: 'cloud' | 'runtime' | 'cpi';
  /** Whether several may exist, by name. */
  readonly isNamed: boolean;
  readonly redacts: boolean;
  readonly readRight: 'read' | 'admin';
}

const types: readonly LegacyType[] = [
  { type: 'cloud', isNamed: true, redacts: false, readRight: 'read' },
  { type: 'runtime', isNamed: true, redacts: true, readRight: 'read' },
  { type: 'cpi', isNamed: false, redacts: true, readRight: 'admin' },
];

/** `/cloud_configs`, `/runtime_configs`, `/cpi_configs`: the ways to configs that are older than `/configs`. */
export function legacyConfigRoutes(deps: ApiDeps): readonly Route[] {
  return types.flatMap((kind) => routesOf(deps, kind));
}

function routesOf(deps: ApiDeps, kind: LegacyType): readonly Route[] {
  const path = `/${kind.type}_configs`;
  return [
    {
      method: 'POST',
      path,
      summary: `Store a new ${kind.type} config`,
      right: 'admin',
      media: ['yaml'],
      handle: (request) => update(deps, kind, request),
    },
    {
      method: 'GET',
      path,
      summary: `List the newest versions of a ${kind.type} config`,
      right: kind.readRight,
      reply: z.array(legacyConfigSchema),
      handle: (request) => list(deps, kind, request),
    },
    {
      method: 'POST',
      path: `${path}/diff`,
      summary: `Compare a ${kind.type} config with the current one`,
      right: 'admin',
      media: ['yaml'],
      reply: diffReplySchema,
      handle: (request) => diff(deps, kind, request),
    },
  ];
}

async function update({ database }: ApiDeps, kind: LegacyType, request: ApiRequest): Promise<Reply> {
  const { type } = kind;
  const name = nameOf(kind, request);
  const content = await request.text();
  parseMapping(content, 'Manifest');
  await saveConfig(database, { type, name, content: storedContent(type, content), team: null });
  const event = { user: request.user.name, action: 'update', objectType: `${type}-config`, objectName: name };
  await insertEvent(database, event);
  return { status: 201 };
}

async function list({ database }: ApiDeps, kind: LegacyType, request: ApiRequest): Promise<Reply> {
  const limit = request.query.filled('limit');
  if (limit === undefined) return text('limit is required', 400);
  if (!/^[1-9]\d*$/.test(limit)) return text(`limit is invalid: '${limit}' is not an integer`, 400);
  const configs = await listConfigs(database, { type: kind.type, name: nameOf(kind, request), limit: Number(limit) });
  return json(configs.map(({ content, createdAt }) => ({ properties: content, created_at: timeText(createdAt) })));
}

async function diff({ database, diff: compare }: ApiDeps, kind: LegacyType, request: ApiRequest): Promise<Reply> {
  const content = await request.text();
  const redact = kind.redacts && request.query.get('redact') !== 'false';
  try {
    const current = await latestConfig(database, kind.type, nameOf(kind, request));
    const before = current === undefined ? {} : parseMapping(current.content, 'Manifest');
    return json({ diff: compare(before, parseMapping(content, 'Manifest'), { redact }) });
  } catch (error) {
    if (!(error instanceof DirectorError)) throw error;
    return json({ diff: [], error: `Unable to diff ${kind.type} config: ${messageOf(error)}` });
  }
}

function nameOf({ isNamed }: LegacyType, { query }: ApiRequest): string {
  return (isNamed ? query.filled('name') : undefined) ?? 'default';
}
