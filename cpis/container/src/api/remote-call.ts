import { type CpiRequest, parseRequest, type RawConfig, resolveConfig } from '@boti/cpi-sdk';
import { configSchema, isRemote, type RemoteConfig } from '../config.ts';

export interface RemoteCall {
  readonly target: RemoteConfig;
  readonly request: CpiRequest;
}

/** The call as the API is to have it, if this configuration is a client's. A ping asks about this process only. */
export function remoteCall(body: unknown, file: RawConfig): RemoteCall | undefined {
  const request = parseRequest(body);
  if (request.method === 'ping') return undefined;
  const { config, agent } = resolveConfig(configSchema, file, request.context);
  if (!isRemote(config)) return undefined;
  return { target: config, request: { ...request, context: { ...travellingContext(request.context), agent } } };
}

/** What is about the call; properties of a CPI stay where they are, on either side. */
export function travellingContext({ director_uuid, request_id, vm, boti_creation, agent }: CpiRequest['context']) {
  const optional = Object.entries({ request_id, vm, boti_creation, agent }).filter(([, value]) => value !== undefined);
  return { director_uuid, ...Object.fromEntries(optional) };
}
