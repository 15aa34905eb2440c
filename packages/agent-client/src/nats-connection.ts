import type { PeerCertificate } from 'node:tls';
import { type Clock, ExpectedError, type Logger, messageOf, silentLogger, systemClock } from '@boti/core';
import { connect, type NatsConnection } from '@nats-io/transport-node';

/** PEM texts of a client of the bus, and the authority that signed the server's certificate. */
export interface NatsTls {
  readonly ca: string;
  readonly certificate: string;
  readonly private_key: string;
}

export interface NatsConnectionOptions {
  /** `nats://host:port` */
  readonly servers: readonly string[];
  readonly tls: NatsTls;
  /** Shown by the server's monitoring. */
  readonly name?: string;
  readonly logger?: Logger;
  readonly signal?: AbortSignal;
  /** How long to try for the first connection; for ever when absent. Later ones are tried for ever. */
  readonly connectTimeoutMs?: number;
  readonly clock?: Clock;
}

const serverNamePattern = /^[a-zA-Z0-9*-]*\.nats\.bosh-internal$/;
const maxRetryDelayMs = 5000;

/**
 * Connects with mutual TLS. The server must be signed by the CA and be called `<word>.nats.bosh-internal`; its host name
 * is not looked at. Source: bosh-agent mbus/nats_handler.go.
 */
export async function connectNats(options: NatsConnectionOptions): Promise<NatsConnection> {
  const { servers, logger = silentLogger, signal, clock = systemClock } = options;
  const deadline = clock.now().getTime() + (options.connectTimeoutMs ?? Number.POSITIVE_INFINITY);
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      const connection = await connect(natsOptions(options));
      void logStatus(connection, logger);
      return connection;
    } catch (error) {
      const delay = Math.min(200 * attempt, maxRetryDelayMs);
      if (clock.now().getTime() + delay > deadline) throw notConnected(servers, error);
      logger.warn('could not connect to NATS, trying again', {
        servers: servers.map(withoutUser),
        error: messageOf(error),
      });
      await clock.sleep(delay, signal);
    }
  }
}

function natsOptions({ servers, tls, name }: NatsConnectionOptions): Parameters<typeof connect>[0] {
  return {
    servers: servers.map((server) => server.replace(/^\w+:\/\//, '')),
    ...(name !== undefined && { name }),
    tls: {
      ca: tls.ca,
      cert: tls.certificate,
      key: tls.private_key,
      minVersion: 'TLSv1.2',
      checkServerIdentity: (_host: string, certificate: PeerCertificate) => checkServerName(certificate),
    } as object,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    ignoreClusterUpdates: true,
    // Spread, so that the agents of a server that was restarted do not all come at once.
    reconnectDelayHandler: () => 200 + Math.random() * 1300,
    timeout: 10_000,
    pingInterval: 30_000,
  };
}

function checkServerName(certificate: PeerCertificate): Error | undefined {
  const name = String(certificate.subject?.CN ?? '');
  if (serverNamePattern.test(name)) return undefined;
  return new ExpectedError(`The NATS server's certificate is for '${name}', expected '<name>.nats.bosh-internal'`, {
    hint: 'Issue the server a certificate with the common name default.nats.bosh-internal.',
  });
}

function notConnected(servers: readonly string[], cause: unknown): ExpectedError {
  return new ExpectedError(`Could not connect to NATS at ${servers.map(withoutUser).join(', ')}: ${messageOf(cause)}`, {
    hint: 'Check that nats-server runs there and that it and the client have certificates of the same CA.',
    cause,
  });
}

function withoutUser(server: string): string {
  return server.replace(/\/\/[^@/]*@/, '//');
}

async function logStatus(connection: NatsConnection, logger: Logger): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') logger.warn('NATS connection lost, reconnecting');
    else if (status.type === 'reconnect') logger.info('NATS connection is back');
    else if (status.type === 'error') logger.warn('NATS reports an error', { error: messageOf(status.error) });
  }
}
