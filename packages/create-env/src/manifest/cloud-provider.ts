import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ExpectedError, messageOf } from '@boti/core';
import type { EnvironmentManifest, JobRef, Properties } from './environment-manifest.ts';
import { refuse } from './parse-manifest.ts';

/** What the manifest says of the CPI and of the way to the agent. */
export interface CloudProvider {
  /** Jobs of the CPI's release; exactly one has the executable. */
  readonly jobs: readonly JobRef[];
  readonly mbus: string;
  /** PEM text; empty when the agent's certificate is not checked. */
  readonly ca: string;
  readonly properties: Properties;
}

export async function cloudProvider(manifest: EnvironmentManifest, path: string): Promise<CloudProvider> {
  const { template, templates, mbus, cert, properties, ssh_tunnel: tunnel } = manifest.cloud_provider;
  if (tunnel?.private_key) await checkPrivateKey(tunnel.private_key, path);
  const jobs = template === null || template === undefined ? templates : [template, ...templates];
  const problems = jobs.length === 0 ? ["cloud_provider.template must name the CPI's job and its release"] : [];
  for (const [index, job] of jobs.entries()) problems.push(...jobProblems(manifest, jobs.length, { index, job }));
  if (cert.ca !== '' && !cert.ca.includes('-----BEGIN CERTIFICATE-----')) {
    problems.push('cloud_provider.cert.ca is no certificate in PEM form');
  }
  problems.push(...mbusProblems(mbus));
  refuse(`cloud_provider in manifest '${path}'`, problems);
  return { jobs, mbus, ca: cert.ca, properties };
}

function jobProblems(
  { releases }: EnvironmentManifest,
  count: number,
  { index, job }: { readonly index: number; readonly job: JobRef },
): readonly string[] {
  const at = count === 1 ? 'cloud_provider.template' : `cloud_provider.templates[${index}]`;
  const problems: string[] = [];
  if (job.name === '') problems.push(`${at}.name is missing`);
  if (job.release === '') problems.push(`${at}.release is missing`);
  if (!releases.some(({ name }) => name === job.release)) {
    problems.push(`${at}.release '${job.release}' is not among the releases`);
  }
  return problems;
}

// BOSH: upstream's CLI does not notice, and then waits ten minutes for an agent that has no address.
function mbusProblems(mbus: string): readonly string[] {
  if (mbus === '') return ['cloud_provider.mbus is missing: https://user:password@host:port of the agent'];
  const url = URL.parse(mbus);
  if (url === null || url.protocol !== 'https:') return ['cloud_provider.mbus must be https://user:password@host:port'];
  return [];
}

/** The tunnel itself served a registry that is no more; its settings are still read, as upstream's CLI does. */
async function checkPrivateKey(key: string, path: string): Promise<void> {
  if (/^-----BEGIN (?:RSA |OPENSSH )PRIVATE KEY-----/.test(key)) return;
  if (key.startsWith('----')) {
    throw new ExpectedError(
      'cloud_provider.ssh_tunnel.private_key has an unknown format: it must be an RSA or OpenSSH key',
    );
  }
  const file = resolve(dirname(path), key);
  try {
    await readFile(file);
  } catch (cause) {
    throw new ExpectedError(`cloud_provider.ssh_tunnel.private_key '${file}' cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
}
