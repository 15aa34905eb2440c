import { ExpectedError } from '@boti/core';

/** The exception with which an agent answered; the message is the agent's own. */
export class AgentError extends ExpectedError {
  /** Blob with more of the message; sent by very old agents only. */
  readonly blobId: string | undefined;

  constructor(message: string, options: { readonly hint?: string; readonly blobId?: string } = {}) {
    super(message, options);
    this.blobId = options.blobId;
  }

  /** True when the agent does not know the method: agents older than the Director answer so. */
  get isUnknownMessage(): boolean {
    return this.message.includes('unknown message');
  }
}
