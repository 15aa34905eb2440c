import type { CertificateSet } from '@boti/agent-protocol';
import { type Authority, busSubject } from '@boti/certificates';

export interface AgentCertificates {
  /** A certificate by which one agent, and no other, is known on the bus. EC P-256, two years. */
  issue(agentId: string): Promise<CertificateSet>;
}

const days = 730;
const commonName = (agentId: string): string => `${agentId}.agent.bosh-internal`;

/** The subject by which nats-server maps a connection to its permissions. */
export const agentCertificateSubject = (agentId: string): string => busSubject(commonName(agentId));

export function agentCertificates(bus: Authority): AgentCertificates {
  return {
    async issue(agentId) {
      const issued = await bus.issue({ commonName: commonName(agentId), usages: ['client'], days });
      return { ca: bus.certificate, certificate: issued.certificate, private_key: issued.privateKey };
    },
  };
}
