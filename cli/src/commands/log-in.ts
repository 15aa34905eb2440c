import { ExpectedError } from '@boti/core';
import { anonymous } from '@boti/director-api';
import { type CommandContext, localCommand } from '../command.ts';
import { authOf, connect, resolveEnvironment, type TargetEnvironment } from '../session/environment.ts';

export const logIn = localCommand({
  name: 'log-in',
  aliases: ['l', 'login'],
  summary: 'Store the credentials of a Director',

  async run(context) {
    const { ui, globals, config } = context;
    const target = await resolveEnvironment(globals, config);
    const type = await authenticationType(context, target);
    if (type !== 'basic') {
      throw new ExpectedError(`The Director at '${target.url}' wants '${type}' authentication`, {
        hint: 'boti can log in with user and password only, for now.',
      });
    }
    ui.line(`Using environment '${target.url}'`);
    const isComplete = target.user !== undefined && target.password !== undefined && target.password !== '';
    for (;;) {
      const user = target.user ?? (await ui.ask('Username'));
      const password = isComplete ? (target.password ?? '') : await ui.askSecret('Password');
      ui.line(`Using environment '${target.url}' as client '${user}'`);
      if (await isAccepted(context, { ...target, user, password })) {
        await config.setCredentials(target.url, { username: user, password });
        ui.line(`Logged in to '${target.url}'`);
        return;
      }
      ui.errorLine(`Failed to login to '${target.url}'`);
      if (isComplete) throw new ExpectedError('Invalid credentials');
    }
  },
});

async function authenticationType({ signal }: CommandContext, target: TargetEnvironment): Promise<string> {
  const director = connect(target, anonymous, signal);
  try {
    return (await director.info()).user_authentication.type;
  } finally {
    director.close();
  }
}

async function isAccepted({ signal }: CommandContext, target: TargetEnvironment): Promise<boolean> {
  const director = connect(target, authOf(target), signal);
  try {
    return (await director.info()).user !== null;
  } finally {
    director.close();
  }
}
