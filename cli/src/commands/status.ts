import { text } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { botiHome } from '../embedded/boti-home.ts';
import { offeredCloud } from '../embedded/cloud-api.ts';
import { components } from '../embedded/components.ts';
import { logFile, runningProcess } from '../embedded/process-control.ts';
import { toned } from '../ui/table.ts';

export const status = localCommand({
  name: 'status',
  summary: "Show the processes that 'up' has started",
  options: {
    stateDir: text('Where everything is kept (default $BOTI_HOME, /var/lib/boti or ~/.boti)', { placeholder: 'DIR' }),
  },

  async run({ ui, env }, { stateDir }) {
    const home = botiHome(env, stateDir);
    const rows = await Promise.all(
      [...components(home), ...(await offeredCloud(home))].map(async (component) => {
        const running = await runningProcess(home, component.name);
        const health = running === undefined ? 'stopped' : (await component.isReady()) ? 'running' : 'not answering';
        return [
          component.name,
          toned(health, health === 'running'),
          running === undefined ? '' : String(running.pid),
          String(component.port),
          logFile(home, component),
        ];
      }),
    );
    ui.table({ content: 'components', header: ['Component', 'State', 'PID', 'Port', 'Log'], rows });
  },
});
