import { ExpectedError } from '@boti/core';
import { anonymous } from '@boti/director-api';
import type { CommandContext, DeploymentContext, DirectorContext } from '../command.ts';
import { deploymentName } from './deployment-name.ts';
import { authOf, connect, resolveEnvironment, type TargetEnvironment } from './environment.ts';
import { followTask, resultOf } from './follow-task.ts';

/** Reaches the Director, learns how it wants to be spoken to, and says who is speaking. */
export async function openSession(context: CommandContext, closing: DisposableStack): Promise<DirectorContext> {
  const { globals, config, signal, ui } = context;
  const target = await resolveEnvironment(globals, config);
  const probe = closing.adopt(connect(target, anonymous, signal), (client) => client.close());
  const info = await probe.info();
  if (info.user_authentication.type !== 'basic' && target.user !== undefined) {
    throw new ExpectedError(`The Director at '${target.url}' wants '${info.user_authentication.type}' authentication`, {
      hint: 'boti can log in with user and password only, for now.',
    });
  }
  const director = closing.adopt(connect(target, authOf(target), signal), (client) => client.close());
  ui.line(`Using environment '${target.url}' as ${speaker(target)}`);
  return {
    ...context,
    director,
    info,
    url: target.url,
    followTask: (task, options) => followTask({ director, ui, signal }, task, options),
    resultOf: (task, options) => resultOf({ director, ui, signal }, task, options),
  };
}

export function requireDeployment(context: DirectorContext): DeploymentContext {
  const deployment = deploymentName(context.globals);
  context.ui.line(`Using deployment '${deployment}'`);
  return { ...context, deployment };
}

// BOSH: a user from the config file is called a client too (cmd/session.go).
const speaker = ({ user }: TargetEnvironment): string => (user === undefined ? 'anonymous user' : `client '${user}'`);
