import { anonymous } from '@boti/director-api';
import { argument } from '../arguments/argument-spec.ts';
import { localCommand } from '../command.ts';
import { connect, resolveEnvironment } from '../session/environment.ts';
import { infoTable } from '../ui/info-table.ts';

export const aliasEnv = localCommand({
  name: 'alias-env',
  summary: 'Remember a Director by a short name',
  args: { alias: argument('ALIAS') },

  async run({ ui, globals, config, signal }, { alias }) {
    const target = await resolveEnvironment(globals, config);
    using closing = new DisposableStack();
    const director = closing.adopt(connect(target, anonymous, signal), (client) => client.close());
    const info = await director.info();
    ui.line(`Using environment '${target.url}' as anonymous user`);
    await config.setAlias(alias, target.url, target.caCert);
    ui.table(infoTable(info));
  },
});
