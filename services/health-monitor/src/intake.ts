import { readFile } from 'node:fs/promises';
import { connectNats } from '@boti/agent-client';
import type { Alert, Heartbeat } from '@boti/agent-protocol';
import type { Logger } from '@boti/core';
import { z } from 'zod';
import type { HealthMonitorConfig } from './config.ts';

export interface Intake {
  heartbeat(agentId: string, heartbeat: Heartbeat): void;
  alert(agentId: string, alert: Alert): Promise<void>;
  shutdown(agentId: string): void;
}

const alertSchema = z.looseObject({
  id: z.string(),
  severity: z.number().int(),
  title: z.string(),
  summary: z.string().default(''),
  created_at: z.number(),
});

/** Listens on the bus until it is disposed. What is malformed is logged and left. */
export async function listenOnBus(
  { servers, ca, certificate, privateKey }: HealthMonitorConfig['nats'],
  intake: Intake,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<AsyncDisposable> {
  const [caPem, certificatePem, keyPem] = await Promise.all(
    [ca, certificate, privateKey].map((file) => readFile(file, 'utf8')),
  );
  const tls = { ca: caPem ?? '', certificate: certificatePem ?? '', private_key: keyPem ?? '' };
  const connection = await connectNats({ servers, tls, name: 'boti-health-monitor', logger, signal });
  const listen = (kind: string, take: (agentId: string, body: unknown) => void | Promise<void>): void => {
    connection.subscribe(`hm.agent.${kind}.*`, {
      callback: (error, message) => {
        if (error) return logger.warn('the bus refuses a subscription', { kind, error: error.message });
        const agentId = message.subject.split('.').at(-1) ?? '';
        void attempt(async () => await take(agentId, parseBody(message.data)), logger, { kind, agent: agentId });
      },
    });
  };
  listen('heartbeat', (agentId, body) => intake.heartbeat(agentId, body as Heartbeat));
  listen('alert', (agentId, body) => intake.alert(agentId, alertSchema.parse(body)));
  listen('shutdown', (agentId) => intake.shutdown(agentId));
  await connection.flush();
  return { [Symbol.asyncDispose]: () => connection.close() };
}

function parseBody(data: Uint8Array): unknown {
  return data.length === 0 ? {} : z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(data).toString()));
}

async function attempt(work: () => Promise<void>, logger: Logger, about: object): Promise<void> {
  try {
    await work();
  } catch (error) {
    logger.warn('a message of an agent cannot be used', { ...about, error });
  }
}
