import { setTimeout as delay } from 'node:timers/promises';
import type { PeerCertificate } from 'node:tls';
import type { CertificateSet } from '@boti/agent-protocol';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Gate } from './gate.ts';

/** An agent's end of the message bus. */
export interface Bus {
  publish(subject: string, message: unknown): void;
  /** Until the answer is disposed. */
  subscribe(subject: string, receive: (data: Uint8Array) => void): Disposable;
  close(): Promise<void>;
}

const maxDelayMs = 2000;

/** Tries until it succeeds: the server learns of a new agent's certificate only some time after its VM is made. */
export async function connectBus(
  url: string,
  own: CertificateSet | undefined,
  { gate, signal }: { readonly gate: Gate; readonly signal: AbortSignal },
): Promise<Bus> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return busOver(await gate.run(() => connect(options(url, own))));
    } catch {
      await delay(Math.min(50 * 2 ** attempt, maxDelayMs), undefined, { signal });
    }
  }
}

function options(url: string, own: CertificateSet | undefined): Parameters<typeof connect>[0] {
  const tls = own && {
    ca: own.ca,
    cert: own.certificate,
    key: own.private_key,
    checkServerIdentity: (_host: string, certificate: PeerCertificate) => checkName(certificate),
  };
  return {
    servers: [url.replace(/^\w+:\/\//, '')],
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 500,
    pingInterval: 60_000,
    ...(tls && { tls: tls as object }),
  };
}

/** As agents do: not the host's name counts, but a common name. */
function checkName(certificate: PeerCertificate): Error | undefined {
  const name = String(certificate.subject?.CN ?? '');
  return /^[a-zA-Z0-9*-]*\.nats\.bosh-internal$/.test(name) ? undefined : new Error(`NATS server is called '${name}'`);
}

function busOver(connection: NatsConnection): Bus {
  return {
    publish: (subject, message) => {
      if (!connection.isClosed()) connection.publish(subject, JSON.stringify(message));
    },
    subscribe: (subject, receive) => {
      const subscription = connection.subscribe(subject, {
        callback: (error, message) => {
          if (error === null) receive(message.data);
        },
      });
      return { [Symbol.dispose]: () => subscription.unsubscribe() };
    },
    close: () => connection.close(),
  };
}
