import { readJsonFile } from '@boti/core';
import type { z } from 'zod';
import { type AgentOptions, agentOptionsSchema } from './agent-settings.ts';
import { CloudError } from './cloud-error.ts';

type Json = Readonly<Record<string, unknown>>;

/** A CPI's own configuration before it is checked: the cloud's properties and what agents need. */
export interface RawConfig {
  readonly properties: Json;
  readonly agent: Json;
}

/** Keys of a request's context that are no CPI properties. */
const contextKeys = ['director_uuid', 'request_id', 'vm', 'boti_creation'];

/**
 * Reads cpi.json. Upstream's shape `{cloud: {properties: {<name>: {…}, agent: {…}}}}` and a flat object, whose key
 * `agent` holds the agent options, are both understood.
 */
export async function readConfig(path: string | undefined, name: string): Promise<RawConfig> {
  if (path === undefined) return { properties: {}, agent: {} };
  const json = asJson(await readJsonFile(path, 'CPI configuration'));
  const nested = asJson(asJson(json.cloud).properties);
  if (json.cloud !== undefined) return { properties: asJson(nested[name]), agent: asJson(nested.agent) };
  const { agent, ...properties } = json;
  return { properties, agent: asJson(agent) };
}

/** The configuration of one call: the file, overridden by the CPI properties in the request's context. */
export function resolveConfig<Config>(
  schema: z.ZodType<Config>,
  file: RawConfig,
  context: Json,
): { readonly config: Config; readonly agent: AgentOptions } {
  const own = Object.fromEntries(Object.entries(context).filter(([key]) => !contextKeys.includes(key)));
  const { agent, ...properties } = own;
  return {
    config: check(schema, { ...file.properties, ...properties }, 'CPI configuration'),
    agent: check(agentOptionsSchema, { ...file.agent, ...asJson(agent) }, "CPI configuration 'agent'"),
  };
}

function check<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new CloudError('CpiError', `${what} is wrong: ${problems.join('; ')}`, {
    hint: "Correct the file given with --config, or the properties of this CPI in the Director's cpi config.",
  });
}

function asJson(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
