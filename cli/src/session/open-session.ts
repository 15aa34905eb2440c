import { anonymous } from '@boti/director-api';
import type { CommandContext, DeploymentContext, DirectorContext } from '../command.ts';
import { authenticate } from './authenticate.ts';
import { deploymentName } from './deployment-name.ts';
import { connect, resolveEnvironment } from './environment.ts';
import { followTask, resultOf } from './follow-task.ts';

/** Reaches the Director, learns how it wants to be spoken to, and says who is speaking. */
export async function openSession(context: CommandContext, closing: DisposableStack): Promise<DirectorContext> {
  const { globals, config, signal, ui } = context;
  const target = await resolveEnvironment(globals, config);
  const probe = closing.adopt(connect(target, anonymous, signal), (client) => client.close());
  const info = await probe.info();
  const { auth, description } = authenticate({ target, info, config, signal }, closing);
  const director = closing.adopt(connect(target, auth, signal), (client) => client.close());
  ui.line(`Using environment '${target.url}' as ${description}`);
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
