import { z } from 'zod';

const properties = z.record(z.string(), z.unknown());
const optionalProperties = properties.nullish().transform((map) => map ?? {});
const text = z
  .union([z.string(), z.number(), z.boolean()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? '' : String(value)));
function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((list): readonly z.output<T>[] => list ?? []);
}

const artifact = z.looseObject({ url: text, sha1: text });
const release = z.looseObject({ name: text, url: text, sha1: text, version: text });
const jobRef = z.looseObject({ name: text, release: text, properties: properties.nullish() });

const subnet = z.looseObject({
  range: text,
  gateway: text,
  dns: listOf(z.string()),
  cloud_properties: optionalProperties,
});
const network = z.looseObject({
  name: text,
  type: text,
  subnets: listOf(subnet),
  dns: listOf(z.string()),
  cloud_properties: optionalProperties,
});
const resourcePool = z.looseObject({
  name: text,
  network: text,
  cloud_properties: optionalProperties,
  env: optionalProperties,
  stemcell: artifact.nullish().transform((stemcell) => stemcell ?? { url: '', sha1: '' }),
});
const diskPool = z.looseObject({
  name: text,
  /** MiB. */
  disk_size: z
    .number()
    .nullish()
    .transform((size) => size ?? 0),
  cloud_properties: optionalProperties,
});
const instanceGroup = z.looseObject({
  name: text,
  instances: z
    .number()
    .nullish()
    .transform((count) => count ?? 0),
  lifecycle: text,
  jobs: listOf(jobRef),
  /** As `jobs`, in manifests of old. */
  templates: listOf(jobRef),
  networks: listOf(z.looseObject({ name: text, static_ips: listOf(z.string()), default: listOf(z.string()) })),
  /** MiB. */
  persistent_disk: z
    .number()
    .nullish()
    .transform((size) => size ?? 0),
  persistent_disk_pool: text,
  resource_pool: text,
  properties: optionalProperties,
});
const sshTunnel = z.looseObject({
  host: text,
  port: z.number().nullish(),
  user: text,
  private_key: text,
  password: text,
});
const cloudProvider = z.looseObject({
  template: jobRef.nullish(),
  templates: listOf(jobRef),
  /** How this machine reaches the agent: `https://user:password@host:port`. */
  mbus: text,
  cert: z
    .looseObject({ ca: text })
    .nullish()
    .transform((cert) => cert ?? { ca: '' }),
  ssh_tunnel: sshTunnel.nullish(),
  properties: optionalProperties,
});

/** A manifest of create-env, as it is written. */
export const environmentManifestSchema = z.looseObject({
  name: text,
  releases: listOf(release),
  networks: listOf(network),
  resource_pools: listOf(resourcePool),
  disk_pools: listOf(diskPool),
  instance_groups: listOf(instanceGroup),
  /** As `instance_groups`, in manifests of old. */
  jobs: listOf(instanceGroup),
  properties: optionalProperties,
  update: z.looseObject({ update_watch_time: text }).nullish(),
  tags: z
    .record(z.string(), text)
    .nullish()
    .transform((tags) => tags ?? {}),
  cloud_provider: cloudProvider.nullish().transform((provider) => provider ?? cloudProvider.parse({})),
});

export type EnvironmentManifest = z.output<typeof environmentManifestSchema>;
export type ReleaseSource = EnvironmentManifest['releases'][number];
export type ManifestNetwork = EnvironmentManifest['networks'][number];
export type ResourcePool = EnvironmentManifest['resource_pools'][number];
export type InstanceGroup = EnvironmentManifest['instance_groups'][number];
export type JobRef = z.output<typeof jobRef>;
export type Properties = Readonly<Record<string, unknown>>;
