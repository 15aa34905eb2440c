import { createAuthority, type KeyAndCertificate } from '@boti/certificates';

/** Certificates of a Director's bus and HTTPS, with the subjects that upstream's have. */
export interface TestCertificates {
  readonly ca: KeyAndCertificate;
  /** nats-server: CN default.nats.bosh-internal. */
  readonly nats: KeyAndCertificate;
  readonly director: KeyAndCertificate;
  readonly healthMonitor: KeyAndCertificate;
  /** Any HTTPS server on 127.0.0.1 or localhost. */
  readonly https: KeyAndCertificate;
  /** An agent's permanent certificate, or the bootstrap one that create_vm carries. */
  agent(agentId: string, kind?: 'permanent' | 'bootstrap'): Promise<KeyAndCertificate>;
}

const days = 1;

export async function testCertificates(): Promise<TestCertificates> {
  const ca = await createAuthority('default.nats-ca.bosh-internal', { days });
  const issue = (commonName: string, alternativeNames: readonly string[] = []): Promise<KeyAndCertificate> =>
    ca.issue({ commonName, alternativeNames, usages: ['client', 'server'], days });
  const local = ['127.0.0.1', 'localhost'];
  return {
    ca: { privateKey: ca.privateKey, certificate: ca.certificate },
    nats: await issue('default.nats.bosh-internal', ['default.nats.bosh-internal', ...local]),
    director: await issue('default.director.bosh-internal'),
    healthMonitor: await issue('default.hm.bosh-internal'),
    https: await issue('127.0.0.1', local),
    agent: (agentId, kind = 'permanent') =>
      issue(kind === 'permanent' ? `${agentId}.agent.bosh-internal` : `${agentId}.bootstrap.agent.bosh-internal`),
  };
}
