import type { BusAccess } from '../deploy/context.ts';
import type { AgentCertificates } from './agent-certificates.ts';
import type { NatsAuthorization } from './nats-authorization.ts';

/** Lets agents onto the bus: a certificate for each, and nats-server told of it before its VM is made. */
export function busAccess(certificates: AgentCertificates, authorization: NatsAuthorization | undefined): BusAccess {
  return {
    async admit(agentId) {
      const [certificate] = await Promise.all([certificates.issue(agentId), authorization?.sync()]);
      return certificate;
    },
    async refresh() {
      await authorization?.sync();
    },
  };
}
