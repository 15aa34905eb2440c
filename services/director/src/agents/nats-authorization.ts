import { readFile } from 'node:fs/promises';
import { errnoOf, type Logger, writeFileAtomic } from '@boti/core';
import { agentCertificateSubject } from './agent-certificates.ts';

export interface NatsAuthorizationOptions {
  /** Included by nats-server's configuration. */
  readonly authFile: string;
  /** nats-server's, to have it read the file again. */
  readonly pidFile: string;
  /** Certificate subjects as nats-server writes them. */
  readonly directorSubject: string;
  readonly healthMonitorSubject: string;
  /** Everyone who may be on the bus now. */
  readonly agentIds: () => Promise<readonly string[]>;
  readonly log: Logger;
}

/** Keeps nats-server's list of agents, each allowed its own subjects only, in step with the VMs there are. */
export interface NatsAuthorization {
  /** Resolves once nats-server has been told of all agents that are on record now. */
  sync(): Promise<void>;
}

export function natsAuthorization(options: NatsAuthorizationOptions): NatsAuthorization {
  let written = '';
  const write = async (): Promise<void> => {
    const text = authorizationFile(options, await options.agentIds());
    if (text === written) return;
    await writeFileAtomic(options.authFile, text, 0o640);
    await reload(options);
    written = text;
  };
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  return {
    // Calls that come while a write is under way share the one after it.
    sync() {
      waiting ??= running
        .catch(() => undefined)
        .then(() => {
          waiting = undefined;
          running = write();
          return running;
        });
      return waiting;
    },
  };
}

/** The file that upstream's bosh-nats-sync writes. Source: bosh src/bosh-nats-sync. */
export function authorizationFile(
  options: Pick<NatsAuthorizationOptions, 'directorSubject' | 'healthMonitorSubject'>,
  agentIds: readonly string[],
): string {
  const users = [
    user(options.directorSubject, ['agent.*', 'hm.director.alert'], ['director.>']),
    user(
      options.healthMonitorSubject,
      [],
      ['hm.agent.heartbeat.*', 'hm.agent.alert.*', 'hm.agent.shutdown.*', 'hm.director.alert'],
    ),
    ...agentIds.map((id) =>
      user(
        agentCertificateSubject(id),
        [`hm.agent.heartbeat.${id}`, `hm.agent.alert.${id}`, `hm.agent.shutdown.${id}`, `director.*.${id}.*`],
        [`agent.${id}`],
      ),
    ),
  ];
  return `${JSON.stringify({ authorization: { users } })}\n`;
}

function user(subject: string, publish: readonly string[], subscribe: readonly string[]): Record<string, unknown> {
  return { user: subject, permissions: { publish, subscribe } };
}

async function reload({ pidFile, log }: NatsAuthorizationOptions): Promise<void> {
  try {
    process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGHUP');
  } catch (error) {
    const isDown = errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH';
    if (!isDown) throw error;
    log.warn('nats-server is not running: it will read its permissions when it starts', { pidFile });
  }
}
