import { localCommand } from '../command.ts';
import { resolveEnvironment } from '../session/environment.ts';

export const logOut = localCommand({
  name: 'log-out',
  aliases: ['logout'],
  summary: 'Forget the credentials of a Director',

  async run({ ui, globals, config }) {
    const { url } = await resolveEnvironment(globals, config);
    await config.setCredentials(url, {});
    ui.line(`Logged out from '${url}'`);
  },
});
