import { randomUUID, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentBus, openNatsBus } from '@boti/agent-client';
import { type Blobstore, createBlobstore } from '@boti/blobstore';
import { openAuthority } from '@boti/certificates';
import { compileCache } from '@boti/compile-cache';
import type { Logger } from '@boti/core';
import { openCpi } from '@boti/cpi-client';
import { createTemplateRenderer, rememberRenders } from '@boti/templates';
import { agentCertificates } from './agents/agent-certificates.ts';
import { agentsOn } from './agents/agents.ts';
import { busAccess } from './agents/bus-access.ts';
import { type NatsAuthorization, natsAuthorization } from './agents/nats-authorization.ts';
import { singleCpi } from './cloud/clouds.ts';
import type { DirectorConfig } from './config.ts';
import type { Database } from './database/sql.ts';
import type { DeployServices } from './deploy/deployment-context.ts';
import { jobSources } from './deploy/job-sources.ts';
import { allAgentIds } from './vms/vm-store.ts';
import { openWorkDir } from './work-dir.ts';

export interface OpenServices extends DeployServices, AsyncDisposable {}

export interface ServicesOptions {
  readonly config: DirectorConfig;
  readonly database: Database;
  readonly directorUuid: string;
  readonly log: Logger;
}

/** Opens everything outside of the Director that its tasks work with: bus, CPI, blobstore, templates. */
export async function openServices(options: ServicesOptions): Promise<OpenServices> {
  const { config, database, log } = options;
  await using undo = new AsyncDisposableStack();
  const workDir = await openWorkDir(join(config.stateDir, 'work'));
  const pem = await readBusFiles(config);
  const authorization = await openAuthorization(options, pem.certificate);
  await authorization?.sync();
  const bus: AgentBus = undo.use(
    await openNatsBus({
      servers: config.nats.servers,
      tls: { ca: pem.ca, certificate: pem.certificate, private_key: pem.privateKey },
      logger: log,
    }),
  );
  const cpi = undo.use(
    openCpi({
      executable: config.cpi.executable,
      args: config.cpi.args,
      properties: config.cpi.properties,
      preferWarm: config.cpi.warm,
      deadlines: inMilliseconds(config.cpi.deadlines),
      directorUuid: options.directorUuid,
      logger: log,
    }),
  );
  const renderer = undo.use(rememberRenders(createTemplateRenderer()));
  const blobstore = createBlobstore({ provider: config.blobstore.provider, options: config.blobstore.options });
  const certificates = agentCertificates(await openAuthority({ certificate: pem.ca, privateKey: pem.caPrivateKey }));
  const opened = undo.move();
  return {
    workDir,
    database,
    cpis: singleCpi(cpi),
    agents: agentsOn(bus),
    busAccess: busAccess(certificates, authorization),
    blobstore,
    renderer,
    jobSources: jobSources(blobstore, workDir),
    compileCache: compileCache(config.compileCacheDir ?? join(config.stateDir, 'compiled-packages')),
    settings: deploySettings(options, blobstore),
    publish: (subject, payload) => bus.publish(subject, payload),
    newUuid: randomUUID,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function inMilliseconds(seconds: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(seconds).map(([method, value]) => [method, value * 1000]));
}

function deploySettings({ config, directorUuid }: ServicesOptions, blobstore: Blobstore): DeployServices['settings'] {
  const { blobstores, ntp, env, mbus } = config.agent;
  return {
    directorName: config.name,
    directorUuid,
    maxThreads: config.maxThreads,
    agentWaitTimeoutMs: config.agentWaitSeconds * 1000,
    agentStateTimeoutMs: 10_000,
    maxVmCreateTries: config.maxVmCreateTries,
    enableSnapshots: config.enableSnapshots,
    enablePostDeploy: config.enablePostDeploy,
    ignoreMissingGateway: config.ignoreMissingGateway,
    keepUnreachableVms: config.keepUnreachableVms,
    agentEnv: {
      ...env,
      blobstores: blobstores ?? [blobstore.agentSettings()],
      ...(ntp.length === 0 ? {} : { ntp }),
    },
    agentBusUrls: mbus === undefined ? [] : [mbus],
    trustedCerts: '',
  };
}

interface BusFiles {
  readonly ca: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly caPrivateKey: string;
}

async function readBusFiles({ nats }: DirectorConfig): Promise<BusFiles> {
  const [ca, certificate, privateKey, caPrivateKey] = await Promise.all(
    [nats.ca, nats.certificate, nats.privateKey, nats.caPrivateKey].map((path) => readFile(path, 'utf8')),
  );
  return { ca, certificate, privateKey, caPrivateKey } as BusFiles;
}

/** As nats-server writes it. */
function subjectOf(certificate: string): string {
  return new X509Certificate(certificate).subject.split('\n').join(', ');
}

async function openAuthorization(
  { config, database, log }: ServicesOptions,
  directorCertificate: string,
): Promise<NatsAuthorization | undefined> {
  const { authFile, pidFile, healthMonitorCertificate, healthMonitorSubject } = config.nats;
  if (authFile === undefined || pidFile === undefined) return undefined;
  return natsAuthorization({
    authFile,
    pidFile,
    directorSubject: subjectOf(directorCertificate),
    healthMonitorSubject:
      healthMonitorCertificate === undefined
        ? healthMonitorSubject
        : subjectOf(await readFile(healthMonitorCertificate, 'utf8')),
    agentIds: () => allAgentIds(database),
    log,
  });
}
