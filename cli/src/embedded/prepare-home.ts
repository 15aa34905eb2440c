import { randomBytes, X509Certificate } from 'node:crypto';
import { access, chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authority, createAuthority, type KeyAndCertificate } from '@boti/certificates';
import { errnoOf, readIfThere, writeFileAtomic } from '@boti/core';
import { z } from 'zod';
import { recordAddresses } from './addresses.ts';
import { type BotiHome, recordCacheDir } from './boti-home.ts';

const credentialsSchema = z.object({
  adminPassword: z.string(),
  blobstorePassword: z.string(),
  agentBlobstorePassword: z.string(),
  blobstoreSecret: z.string(),
});
export type Credentials = z.infer<typeof credentialsSchema>;

/** Makes the folders, passwords and certificates that are not there yet. Returns whether any was made. */
export async function prepareHome(home: BotiHome): Promise<{ credentials: Credentials; isNew: boolean }> {
  await prepareFolders(home);
  const known = await readCredentials(home);
  const credentials = known ?? newCredentials();
  if (known === undefined) await writeFileAtomic(home.credentials, `${JSON.stringify(credentials, null, 2)}\n`, 0o600);
  if (!(await areCertificatesFit(home))) await writeCertificates(home);
  return { credentials, isNew: known === undefined };
}

/** Makes the folders, and writes down where everything listens. */
export async function prepareFolders(home: BotiHome): Promise<void> {
  // PostgreSQL runs as another user and must get through to its own folder.
  await mkdir(home.dir, { recursive: true, mode: 0o711 });
  await chmod(home.dir, 0o711);
  for (const dir of [home.etc, home.certificates, home.log, home.run, home.blobs])
    await mkdir(dir, { recursive: true, mode: 0o700 });
  for (const dir of [home.director, home.cache, home.cloud]) await mkdir(dir, { recursive: true, mode: 0o711 });
  await recordAddresses(home.dir, home.addresses);
  await recordCacheDir(home);
}

export async function readCredentials(home: BotiHome): Promise<Credentials | undefined> {
  const text = await readIfThere(home.credentials);
  return text === undefined ? undefined : credentialsSchema.parse(JSON.parse(text));
}

function newCredentials(): Credentials {
  const secret = (): string => randomBytes(18).toString('base64url');
  return {
    adminPassword: secret(),
    blobstorePassword: secret(),
    agentBlobstorePassword: secret(),
    blobstoreSecret: secret(),
  };
}

const lastWritten = 'nats-ca.crt';
const days = 5 * 365;

/** Two authorities: one for the Director's HTTPS, one for the bus, whose key the Director signs agents' certificates with. */
async function writeCertificates(home: BotiHome): Promise<void> {
  const ca = await createAuthority('boti', { days });
  const bus = await createAuthority('default.nats-ca.bosh-internal', { days });
  const here = [home.addresses.listen, home.addresses.bridge, 'localhost'];
  const issue = (from: Authority, commonName: string, alternativeNames: readonly string[] = []) =>
    from.issue({ commonName, alternativeNames, usages: ['client', 'server'], days });
  await writePair(home, 'director', await issue(ca, 'boti-director', here));
  await writePair(home, 'ca', ca);
  await writePair(
    home,
    'nats',
    await issue(bus, 'default.nats.bosh-internal', ['default.nats.bosh-internal', ...here]),
  );
  await writePair(home, 'director-nats', await issue(bus, directorName));
  await writePair(home, 'hm-nats', await issue(bus, 'default.hm.bosh-internal'));
  await writePair(home, 'nats-ca', bus);
}

export const directorName = 'default.director.bosh-internal';

async function writePair(home: BotiHome, name: string, { privateKey, certificate }: KeyAndCertificate): Promise<void> {
  await writeFileAtomic(join(home.certificates, `${name}.key`), privateKey, 0o600);
  await writeFileAtomic(join(home.certificates, `${name}.crt`), certificate, 0o644);
}

/** All are there, and made for where the components listen now. */
async function areCertificatesFit({ certificates, addresses }: BotiHome): Promise<boolean> {
  try {
    await access(join(certificates, lastWritten));
    const director = new X509Certificate(await readFile(join(certificates, 'director.crt')));
    return [addresses.listen, addresses.bridge].every((address) => director.checkIP(address) !== undefined);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}
