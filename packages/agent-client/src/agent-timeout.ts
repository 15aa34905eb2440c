import { ExpectedError } from '@boti/core';

interface AgentTimeoutDetails {
  readonly method: string;
  readonly agentId: string;
  /** Instance as operators know it (`redis/0b1c…`); empty when unknown. */
  readonly instance: string;
  readonly seconds: number;
}

/** An agent did not answer in time. The wording is upstream's, which operators search for. */
export class AgentTimeout extends ExpectedError {
  readonly method: string;
  readonly agentId: string;

  constructor({ method, agentId, instance, seconds }: AgentTimeoutDetails) {
    super(`Timed out sending '${method}' to instance: '${instance}', agent-id: '${agentId}' after ${seconds} seconds`, {
      hint: 'Check that the VM runs, that its agent is up (/var/vcap/bosh/log/current) and that it reaches the message bus.',
    });
    this.method = method;
    this.agentId = agentId;
  }
}
