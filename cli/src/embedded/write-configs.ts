import { join } from 'node:path';
import { busSubject } from '@boti/certificates';
import { isThere, writeFileAtomic } from '@boti/core';
import { type Addresses, ports } from './addresses.ts';
import type { BotiHome } from './boti-home.ts';
import { type ForeignCpi, foreignCpiConfig } from './foreign-cpi.ts';
import { type Credentials, directorName } from './prepare-home.ts';
import { sourceTree } from './source-tree.ts';

export interface ConfigFiles {
  readonly nats: string;
  readonly blobstore: string;
  readonly director: string;
  readonly cpi: string;
  /** Runs the CPI with its configuration. */
  readonly cpiExecutable: string;
}

export const configFiles = (home: BotiHome): ConfigFiles => ({
  nats: join(home.etc, 'nats.conf'),
  blobstore: join(home.etc, 'blobstore.json'),
  director: join(home.etc, 'director.json'),
  cpi: join(home.etc, 'cpi.json'),
  cpiExecutable: join(home.etc, 'cpi'),
});

/** Writes the configuration of every component anew: it follows from the credentials and where things are. */
export async function writeConfigs(
  home: BotiHome,
  credentials: Credentials,
  foreignCpi: ForeignCpi | undefined,
): Promise<void> {
  const files = configFiles(home);
  const { listen, bridge } = home.addresses;
  const natsUrl = natsUrlOf(home.addresses);
  const pem = (name: string): string => join(home.certificates, name);
  await writeFileAtomic(files.nats, natsConfig(home), 0o600);
  await writeFirstNatsUsers(home);
  await writeJson(files.blobstore, {
    directory: home.blobs,
    listen: [listen, bridge].map((host) => ({ host, port: ports.blobstore })),
    users: {
      write: [
        { user: 'director', password: credentials.blobstorePassword },
        { user: 'agent', password: credentials.agentBlobstorePassword },
      ],
    },
    secret: credentials.blobstoreSecret,
  });
  await writeCpi(home, foreignCpi);
  await writeJson(files.director, {
    name: 'boti',
    stateDir: home.director,
    listen: { hosts: [listen, bridge], port: ports.director },
    tls: { certificate: pem('director.crt'), privateKey: pem('director.key') },
    users: [{ name: 'admin', password: credentials.adminPassword }],
    nats: {
      servers: [natsUrl],
      ca: pem('nats-ca.crt'),
      caPrivateKey: pem('nats-ca.key'),
      certificate: pem('director-nats.crt'),
      privateKey: pem('director-nats.key'),
      authFile: natsUsersFile(home),
      pidFile: natsPidFile(home),
    },
    blobstore: { provider: 'dav', options: blobstoreOptions(home.addresses, credentials) },
    cpi: { name: foreignCpi === undefined ? 'container' : 'foreign', executable: files.cpiExecutable },
    agent: { mbus: natsUrl },
    compileCacheDir: join(home.cache, 'compiled-packages'),
  });
}

const natsUrlOf = ({ bridge }: Addresses): string => `nats://${bridge}:${ports.nats}`;

/** Of the container cloud's CPI. */
export function containerCpiConfig({ cloud, addresses }: BotiHome): Readonly<Record<string, unknown>> {
  return { stateDir: cloud, bridge: addresses.bridgeName, agent: { mbus: natsUrlOf(addresses) } };
}

/** A script that runs the CPI with its configuration, whichever CPI it is. */
export async function writeCpi(home: BotiHome, foreign: ForeignCpi | undefined): Promise<void> {
  const { cpi, cpiExecutable } = configFiles(home);
  const config =
    foreign === undefined ? containerCpiConfig(home) : await foreignCpiConfig(foreign, natsUrlOf(home.addresses));
  if (config !== undefined) await writeJson(cpi, config);
  const program = foreign === undefined ? [process.execPath, sourceTree.containerCpi] : [foreign.executable];
  const command = [...program, ...(config === undefined ? [] : ['--config', cpi])].map(shellQuoted).join(' ');
  await writeFileAtomic(cpiExecutable, `#!/bin/sh\nexec ${command} "$@"\n`, 0o755);
}

const shellQuoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

function blobstoreOptions({ listen, bridge }: Addresses, credentials: Credentials): Readonly<Record<string, unknown>> {
  return {
    endpoint: `http://${listen}:${ports.blobstore}`,
    user: 'director',
    password: credentials.blobstorePassword,
    secret: credentials.blobstoreSecret,
    agent: {
      endpoint: `http://${bridge}:${ports.blobstore}`,
      user: 'agent',
      password: credentials.agentBlobstorePassword,
    },
  };
}

const natsUsersFile = (home: BotiHome): string => join(home.etc, 'nats-users.conf');
export const natsPidFile = (home: BotiHome): string => join(home.run, 'nats-server.pid');

/** Clients are known by the subject of their certificate. What each may do stands in a file that the Director rewrites. */
function natsConfig(home: BotiHome): string {
  const pem = (name: string): string => JSON.stringify(join(home.certificates, name));
  return [
    `listen: "${home.addresses.bridge}:${ports.nats}"`,
    `pid_file: ${JSON.stringify(natsPidFile(home))}`,
    'max_payload: 8MB',
    'tls {',
    `  cert_file: ${pem('nats.crt')}`,
    `  key_file: ${pem('nats.key')}`,
    `  ca_file: ${pem('nats-ca.crt')}`,
    '  verify_and_map: true',
    '  timeout: 10',
    '}',
    'include "nats-users.conf"',
    '',
  ].join('\n');
}

/** Enough for the Director to come in; it writes the file anew when it starts. */
async function writeFirstNatsUsers(home: BotiHome): Promise<void> {
  const file = natsUsersFile(home);
  if (await isThere(file)) return;
  const permissions = { publish: ['agent.*', 'hm.director.alert'], subscribe: ['director.>'] };
  await writeJson(file, { authorization: { users: [{ user: busSubject(directorName), permissions }] } });
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`, 0o600);
}
