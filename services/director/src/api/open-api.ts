import { mediaTypes } from '@boti/director-api';
import { z } from 'zod';
import { json, type Route } from './route.ts';

/** `GET /openapi.json`: the API described for programs, from the very schemas that its routes use. */
export function openApiRoute(routes: readonly Route[]): Route {
  return {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description',
    right: 'none',
    handle: async () => json(openApiDocument(routes)),
  };
}

export function openApiDocument(routes: readonly Route[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'BOSH Director', version: '1' },
    components: { securitySchemes: { basic: { type: 'http', scheme: 'basic' } } },
    paths,
  };
}

function operation(route: Route): Record<string, unknown> {
  const parameters = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    summary: route.summary,
    ...(route.right === 'none' ? {} : { security: [{ basic: [] }] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBody(route),
    responses: responses(route),
  };
}

function requestBody({ media, body }: Route): Record<string, unknown> {
  if (media === undefined && body === undefined) return {};
  const content = (media ?? ['json']).map((kind) => {
    const schema = kind === 'json' && body !== undefined ? { schema: z.toJSONSchema(body, { io: 'input' }) } : {};
    return [mediaTypes[kind], schema];
  });
  return { requestBody: { content: Object.fromEntries(content) } };
}

function responses({ reply }: Route): Record<string, unknown> {
  if (reply === 'task') return { 302: { description: 'Started: the Location is the task' } };
  if (reply === undefined || reply === 'text') return { 200: { description: 'Done' } };
  return {
    200: {
      description: 'Done',
      content: { [mediaTypes.json]: { schema: z.toJSONSchema(reply, { unrepresentable: 'any' }) } },
    },
  };
}
