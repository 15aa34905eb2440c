import { randomBytes, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { createAuthority, openAuthority } from '@boti/certificates';
import { isThere, readIfThere, writeFileAtomic } from '@boti/core';
import { stringify } from 'yaml';
import type { BotiHome } from './boti-home.ts';
import { accepts } from './components.ts';
import type { Component } from './process-control.ts';
import { sourceTree } from './source-tree.ts';
import { containerCpiConfig } from './write-configs.ts';

const port = 25_700;

/** The API of the container cloud: for a Director, or a create-env, that is not on this machine. */
export function cloudApi(home: BotiHome): Component {
  return {
    name: 'cloud-api',
    command: [process.execPath, sourceTree.containerCpi, 'serve-api', '--config', configFile(home)],
    port,
    isReady: () => accepts(home.addresses.bridge, port),
    stopSeconds: 20,
  };
}

/** The API, where `cloud up` has been asked for it. */
export async function offeredCloud(home: BotiHome): Promise<readonly Component[]> {
  return (await isThere(configFile(home))) ? [cloudApi(home)] : [];
}

/** Variables for manifests that use this cloud: `boti create-env -l FILE`. */
export const clientVariables = (home: BotiHome): string => join(home.dir, 'cloud-client.yml');

const configFile = (home: BotiHome): string => join(home.etc, 'cloud-api.json');
const days = 5 * 365;
const renewalMs = 90 * 86_400_000;

/**
 * Makes certificate and token unless they are there, and writes the configuration of the API and of its clients. Answers
 * whether an API that runs has to be started again to notice.
 */
export async function prepareCloudApi(home: BotiHome): Promise<boolean> {
  const before = await startedWith(home);
  const certificates = await ensureCertificate(home);
  const token = await ensureToken(home);
  const { bridge, listen } = home.addresses;
  const api = {
    listen: [bridge, listen].map((host) => ({ host, port })),
    certificate: certificates.path,
    privateKey: certificates.keyPath,
    tokens: [token],
  };
  await writeFileAtomic(configFile(home), `${JSON.stringify({ ...containerCpiConfig(home), api }, null, 2)}\n`, 0o600);
  const client = { container_url: `https://${bridge}:${port}`, container_ca: certificates.ca, container_token: token };
  await writeFileAtomic(clientVariables(home), stringify(client), 0o600);
  return (await startedWith(home)) !== before;
}

async function startedWith(home: BotiHome): Promise<string> {
  const files = [configFile(home), join(home.certificates, 'cloud-api.crt')];
  return (await Promise.all(files.map((file) => readIfThere(file)))).join('\n');
}

interface ServerCertificate {
  readonly path: string;
  readonly keyPath: string;
  /** PEM. */
  readonly ca: string;
}

/** An authority of its own, which clients keep, and a certificate that is renewed in time or when addresses change. */
async function ensureCertificate(home: BotiHome): Promise<ServerCertificate> {
  const file = (name: string): string => join(home.certificates, name);
  const known = await Promise.all(['cloud-ca.crt', 'cloud-ca.key'].map((name) => readIfThere(file(name))));
  const [certificate, privateKey] = known;
  const isKnown = certificate !== undefined && privateKey !== undefined;
  const ca = isKnown
    ? await openAuthority({ certificate, privateKey })
    : await createAuthority('boti-container-cloud-ca', { days });
  const addresses = [home.addresses.bridge, home.addresses.listen];
  const paths = { path: file('cloud-api.crt'), keyPath: file('cloud-api.key'), ca: ca.certificate };
  if (isKnown && isFit(await readIfThere(paths.path), addresses)) return paths;
  const issued = await ca.issue({
    commonName: 'boti-container-cloud',
    alternativeNames: [...addresses, 'localhost'],
    usages: ['server'],
    days,
  });
  await writeFileAtomic(paths.keyPath, issued.privateKey, 0o600);
  await writeFileAtomic(paths.path, issued.certificate, 0o644);
  await writeFileAtomic(file('cloud-ca.key'), ca.privateKey, 0o600);
  await writeFileAtomic(file('cloud-ca.crt'), ca.certificate, 0o644);
  return paths;
}

function isFit(pem: string | undefined, addresses: readonly string[]): boolean {
  if (pem === undefined) return false;
  const certificate = new X509Certificate(pem);
  const isLasting = certificate.validToDate.getTime() - Date.now() > renewalMs;
  return isLasting && addresses.every((address) => certificate.checkIP(address) !== undefined);
}

async function ensureToken(home: BotiHome): Promise<string> {
  const file = join(home.dir, 'cloud-token');
  const known = (await readIfThere(file))?.trim();
  if (known !== undefined && known !== '') return known;
  const token = randomBytes(32).toString('base64url');
  await writeFileAtomic(file, `${token}\n`, 0o600);
  return token;
}
