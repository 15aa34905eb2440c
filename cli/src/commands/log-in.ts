import { ExpectedError } from '@boti/core';
import { anonymous, basicAuth, type DirectorAuth, type Info } from '@boti/director-api';
import { type CommandContext, localCommand } from '../command.ts';
import { connect, resolveEnvironment, type TargetEnvironment } from '../session/environment.ts';
import { logInToUaa } from '../session/log-in-to-uaa.ts';

export const logIn = localCommand({
  name: 'log-in',
  aliases: ['l', 'login'],
  summary: 'Store the credentials of a Director',

  async run(context) {
    const target = await resolveEnvironment(context.globals, context.config);
    const info = await infoFor(context, target, anonymous);
    if (info.user_authentication.type === 'uaa') await logInToUaa(context, target, info);
    else await logInWithPassword(context, target);
  },
});

async function logInWithPassword(context: CommandContext, target: TargetEnvironment): Promise<void> {
  const { ui, config } = context;
  ui.line(`Using environment '${target.url}'`);
  const isComplete = target.user !== undefined && target.password !== undefined && target.password !== '';
  for (;;) {
    const user = target.user ?? (await ui.ask('Username'));
    const password = isComplete ? (target.password ?? '') : await ui.askSecret('Password');
    ui.line(`Using environment '${target.url}' as client '${user}'`);
    const { user: accepted } = await infoFor(context, target, basicAuth(user, password));
    if (accepted !== null) {
      await config.setCredentials(target.url, { username: user, password });
      ui.line(`Logged in to '${target.url}'`);
      return;
    }
    ui.errorLine(`Failed to login to '${target.url}'`);
    if (isComplete) throw new ExpectedError('Invalid credentials');
  }
}

async function infoFor({ signal }: CommandContext, target: TargetEnvironment, auth: DirectorAuth): Promise<Info> {
  const director = connect(target, auth, signal);
  try {
    return await director.info();
  } finally {
    director.close();
  }
}
