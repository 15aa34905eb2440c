import { text } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { chooseAddresses } from '../embedded/addresses.ts';
import { type BotiHome, botiHome } from '../embedded/boti-home.ts';
import { ensureBridge } from '../embedded/bridge.ts';
import { checkMachine, checkSystem } from '../embedded/check-machine.ts';
import { clientVariables, cloudApi, prepareCloudApi } from '../embedded/cloud-api.ts';
import { holdHome } from '../embedded/hold-home.ts';
import { prepareFolders } from '../embedded/prepare-home.ts';
import { runningProcess, startComponent, stopComponent } from '../embedded/process-control.ts';
import { progressOn } from '../embedded/progress.ts';
import { startStoppedVms } from '../embedded/start-components.ts';
import { writeCpi } from '../embedded/write-configs.ts';

export const cloudUp = localCommand({
  name: 'cloud up',
  summary: "Offer this machine's container cloud over its API, to a Director in one of its VMs for example",
  options: {
    stateDir: text('Where to keep everything (default $BOTI_HOME, /var/lib/boti or ~/.boti)', { placeholder: 'DIR' }),
    network: text('Network of the VMs, when 10.244.0.0/24 is taken', { placeholder: 'RANGE' }),
    listen: text('Loopback address of the API (default 127.0.0.1)', { placeholder: 'ADDRESS' }),
  },

  async run({ ui, env, signal }, { stateDir, ...place }) {
    const known = botiHome(env, stateDir);
    const home: BotiHome = { ...known, addresses: chooseAddresses(known.dir, place) };
    const progress = progressOn(ui);
    const api = cloudApi(home);
    checkSystem();
    await using _held = await holdHome(home.dir, 'cloud up');
    await checkMachine(home, [api]);
    await prepareFolders(home);
    await writeCpi(home, undefined);
    const isChanged = await prepareCloudApi(home);
    await ensureBridge(home.addresses);
    if ((await runningProcess(home, api.name)) === undefined) await startStoppedVms(home, progress, signal);
    else if (isChanged) await stopComponent(home, api);
    await progress.step(api.name, async () => ((await startComponent(home, api, signal)) ? 'started' : 'runs already'));
    progress.say(
      [
        `The cloud is offered at https://${home.addresses.bridge}:${api.port}. What its clients need is in`,
        `${clientVariables(home)}:`,
        `  boti create-env deployment/boti.yml -o deployment/container/cpi.yml -l ${clientVariables(home)} …`,
        "'boti down' stops it and removes all VMs; with --keep they stay.",
      ].join('\n'),
    );
  },
});
