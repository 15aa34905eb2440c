const redacted = '<redacted>';
/** Parts of `env.bosh` that are no secret. Source: bosh clouds/external_cpi.rb. */
export const openEnv: readonly string[] = ['group', 'groups', 'tags'];
/** Keys of a request's context that are no secret. */
export const openContext: readonly string[] = ['director_uuid', 'request_id', 'vm', 'boti_creation'];

type Json = Readonly<Record<string, unknown>>;

/** A request fit for a log: environment, cloud properties and CPI properties keep their names and lose their values. */
export function redactRequest<R extends { readonly method: string; readonly arguments: readonly unknown[] }>(
  request: R,
): R {
  const context = (request as { readonly context?: unknown }).context;
  return {
    ...request,
    arguments: redactArguments(request.method, request.arguments),
    ...(isJson(context) && {
      context: mapValues(context, (value, key) => (openContext.includes(key) ? value : redactDeep(value))),
    }),
  };
}

/** A response fit for a log: the networks that `create_vm` answers lose their cloud properties. */
export function redactResult(method: string, result: unknown): unknown {
  if (method !== 'create_vm' || !Array.isArray(result)) return result;
  return [result[0], redactNetworks(result[1])];
}

const redactors: Readonly<Record<string, readonly ((argument: unknown) => unknown)[]>> = {
  create_vm: [same, same, redactDeep, redactNetworks, same, redactEnv],
  create_stemcell: [same, redactDeep],
  create_disk: [same, redactDeep],
  update_disk: [same, same, redactDeep],
  create_network: [(definition) => redactNetwork(definition)],
};

function redactArguments(method: string, args: readonly unknown[]): readonly unknown[] {
  const own = redactors[method];
  return own === undefined ? args : args.map((argument, index) => (own[index] ?? same)(argument));
}

function same(value: unknown): unknown {
  return value;
}

function redactNetworks(networks: unknown): unknown {
  return isJson(networks) ? mapValues(networks, redactNetwork) : networks;
}

function redactNetwork(network: unknown): unknown {
  if (!isJson(network) || !isJson(network.cloud_properties)) return network;
  return { ...network, cloud_properties: redactDeep(network.cloud_properties) };
}

function redactEnv(env: unknown): unknown {
  if (!isJson(env)) return redactDeep(env);
  return mapValues(env, (value, key) => {
    if (key !== 'bosh' || !isJson(value)) return redactDeep(value);
    return mapValues(value, (part, name) => (openEnv.includes(name) ? part : redactDeep(part)));
  });
}

function redactDeep(value: unknown): unknown {
  return isJson(value) ? mapValues(value, redactDeep) : redacted;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapValues(object: Json, change: (value: unknown, key: string) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}
