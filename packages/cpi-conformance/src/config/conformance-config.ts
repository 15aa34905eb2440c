import { dirname, resolve } from 'node:path';
import { ExpectedError, messageOf } from '@boti/core';
import { parse } from 'yaml';
import { z } from 'zod';
import { expandAddresses } from './addresses.ts';

const json = z.record(z.string(), z.unknown());
const positive = z.number().positive();

/** What the kit must know of a CPI and its cloud: conformance.yml. `boti cpi test --init` writes one with comments. */
const configSchema = z.strictObject({
  executable: z
    .strictObject({
      /** Arguments of the executable. Default: `--config ((cpi_json))` when there is a cpi_json, else none. */
      args: z.array(z.string()).optional(),
      /** Written to a file, whose path is `((cpi_json))`. */
      cpi_json: json.optional(),
      /** CPI properties that a Director would send with each call: keys of `context`. */
      context: json.default({}),
      /** Environment besides PATH, HOME and TMPDIR. */
      env: z.record(z.string(), z.string()).default({}),
      /** Files in which the CPI logs: no secret may be in them. `((work_dir))` is the folder of the run. */
      log_files: z.array(z.string()).default([]),
      /** Arguments of calls of the executable after the run, to take down what it keeps. */
      clean_up: z.array(z.array(z.string())).default([]),
    })
    .prefault({}),
  stemcell: z
    .strictObject({
      /** A stemcell tarball (.tgz with a stemcell.MF) or a bare image. Without it an image of no meaning is made. */
      path: z.string().optional(),
      cloud_properties: json.default({}),
      /** Version of the stemcell's agent interface, as Directors send it. */
      api_version: z.number().int().default(3),
    })
    .prefault({}),
  vm: z.strictObject({ cloud_properties: json.default({}), env: json.default({}) }).prefault({}),
  disk: z
    .strictObject({
      /** MiB. */
      size: positive.int().default(1024),
      larger_size: positive.int().default(2048),
      cloud_properties: json.default({}),
    })
    .prefault({}),
  networks: z
    .strictObject({
      manual: z
        .strictObject({
          name: z.string().default('default'),
          /** `10.0.0.10-10.0.0.99`, or a list: addresses that are free and may be given to VMs. */
          addresses: z.union([z.string(), z.array(z.string())]).default('10.0.0.10-10.0.0.250'),
          netmask: z.string().default('255.255.255.0'),
          gateway: z.string().optional(),
          dns: z.array(z.string()).default([]),
          cloud_properties: json.default({}),
        })
        .prefault({}),
      dynamic: z.strictObject({ cloud_properties: json.default({}), dns: z.array(z.string()).default([]) }).optional(),
      vip: z.strictObject({ ip: z.string(), cloud_properties: json.default({}) }).optional(),
    })
    .prefault({}),
  /** Definition for create_network. */
  managed_network: json.optional(),
  /** Properties that lead to another account, region or project of the same cloud, for the rules about several CPIs. */
  other_cloud: z.strictObject({ context: json }).optional(),
  /**
   * For simulated clouds: properties that make create_vm take `ms`, so that calls can be interrupted half-way; with
   * `very_slow` much longer than anybody waits.
   */
  slow_cloud: z.strictObject({ context: json, very_slow: json.optional(), ms: positive }).optional(),
  /** Seconds by method; `default` for the others. */
  deadlines: z.record(z.string(), positive).default({}),
  /** How many calls the rules about concurrency make at once. */
  parallel_calls: positive.int().default(32),
  /** How many of them may be VMs. */
  parallel_vms: positive.int().default(8),
});

export type ConformanceConfig = z.infer<typeof configSchema> & { readonly addresses: readonly string[] };

/** Values of `((name))` in a configuration. */
export type Placeholders = (name: string) => string | undefined;

/** Reads conformance.yml. Relative paths are meant from its folder. */
export function parseConfig(text: string, path: string, placeholders: Placeholders): ConformanceConfig {
  const folder = dirname(resolve(path));
  return checkConfig(
    expand(readYaml(text, path), (name) => (name === 'config_dir' ? folder : placeholders(name))),
    {
      path,
      folder,
    },
  );
}

/** The configuration without a file. */
export function defaultConfig(placeholders: Placeholders): ConformanceConfig {
  return checkConfig(expand({}, placeholders), { path: 'the default configuration', folder: process.cwd() });
}

function checkConfig(value: unknown, { path, folder }: { readonly path: string; readonly folder: string }) {
  const parsed = configSchema.safeParse(value ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
    throw new ExpectedError(`${path} is wrong: ${problems.join('; ')}`, {
      hint: "'boti cpi test --init' writes a file with every key and what it means.",
    });
  }
  const config = parsed.data;
  const stemcellPath = config.stemcell.path;
  return {
    ...config,
    stemcell: { ...config.stemcell, ...(stemcellPath !== undefined && { path: resolve(folder, stemcellPath) }) },
    addresses: expandAddresses(config.networks.manual.addresses),
  };
}

function readYaml(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new ExpectedError(`${path} is no YAML: ${messageOf(cause)}`, { cause });
  }
}

/** Replaces `((name))` in all texts. */
function expand(value: unknown, placeholders: Placeholders): unknown {
  if (typeof value === 'string') {
    return value.replace(/\(\(([^)]+)\)\)/g, (whole, name: string) => {
      const found = placeholders(name);
      if (found !== undefined) return found;
      throw new ExpectedError(`Nothing is known for ${whole}`, {
        hint: 'There are ((work_dir)), ((cpi_json)), ((config_dir)), ((secret)) and ((env.NAME)) for variables of the environment.',
      });
    });
  }
  if (Array.isArray(value)) return value.map((one) => expand(one, placeholders));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, expand(one, placeholders)]));
}
