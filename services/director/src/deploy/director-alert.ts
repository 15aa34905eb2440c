import { directorAlertSubject } from '@boti/agent-protocol';
import { messageOf } from '@boti/core';
import type { DeployContext } from './context.ts';

const warning = 4;
const failure = 3;

/** Tells the health monitor when an operation begins and ends, in upstream's words. */
export async function directorAlert<T>(ctx: DeployContext, operation: string, work: () => Promise<T>): Promise<T> {
  const subject = `for '${ctx.deployment.name}' against Director '${ctx.settings.directorUuid}'`;
  const send = (severity: number, stage: string, summary: string): void =>
    ctx.publish(directorAlertSubject, {
      id: ctx.newUuid(),
      severity,
      source: 'director',
      title: `director - ${stage} ${operation}`,
      summary,
      created_at: Math.floor(ctx.clock.now().getTime() / 1000),
      deployment: ctx.deployment.name,
    });
  send(warning, 'begin', `Begin ${operation} ${subject}`);
  try {
    const result = await work();
    send(warning, 'finish', `Finish ${operation} ${subject}`);
    return result;
  } catch (error) {
    send(failure, 'error during', `Error during ${operation} ${subject}: ${messageOf(error)}`);
    throw error;
  }
}
