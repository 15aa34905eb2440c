import { resolve } from 'node:path';
import { ExpectedError } from '@boti/core';
import { flag, text } from '../arguments/option-spec.ts';
import { type CommandContext, localCommand } from '../command.ts';
import { chooseAddresses, type WantedPlace } from '../embedded/addresses.ts';
import { type BotiHome, botiHome } from '../embedded/boti-home.ts';
import { checkMachine, checkSystem } from '../embedded/check-machine.ts';
import { components } from '../embedded/components.ts';
import {
  deployExample,
  exampleName,
  prepareStemcell,
  uploadBuiltStemcell,
  uploadCloudConfig,
  uploadExampleRelease,
} from '../embedded/deploy-example.ts';
import { chooseForeignCpi, type WantedCpi } from '../embedded/foreign-cpi.ts';
import { holdHome } from '../embedded/hold-home.ts';
import { localDirector } from '../embedded/local-director.ts';
import { prepareHome } from '../embedded/prepare-home.ts';
import { type Progress, progressOn } from '../embedded/progress.ts';
import { registerAlias } from '../embedded/register-alias.ts';
import { startComponents } from '../embedded/start-components.ts';
import { writeConfigs } from '../embedded/write-configs.ts';
import { showInstances } from './instances.ts';

export const up = localCommand({
  name: 'up',
  summary: 'Start a Director and a cloud on this machine, and deploy Redis to it',
  options: {
    noExample: flag('Deploy nothing; only start the Director with a stemcell and a cloud config'),
    stemcell: text('Use this stemcell instead of building one', { placeholder: 'PATH' }),
    stateDir: text('Where to keep everything (default $BOTI_HOME, /var/lib/boti or ~/.boti)', { placeholder: 'DIR' }),
    cacheDir: text('Keep stemcells and compiled packages here (default cache/ in the state directory)', {
      placeholder: 'DIR',
    }),
    network: text('Network of the VMs, when 10.244.0.0/24 is taken', { placeholder: 'RANGE' }),
    cpi: text('Make VMs with this CPI in place of containers of this machine', { placeholder: 'EXECUTABLE' }),
    cpiConfig: text('Its configuration; the message bus of the agents is put in', { placeholder: 'FILE' }),
    cloudConfig: text('Cloud config to store, in place of the one for containers', { placeholder: 'FILE' }),
    listen: text('Loopback address of the Director and the blobstore (default 127.0.0.1)', { placeholder: 'ADDRESS' }),
  },

  async run(context, flags) {
    try {
      await bringUp(context, flags);
    } catch (cause) {
      if (!context.signal.aborted) throw cause;
      const hint = "'boti up' goes on from here, 'boti down' removes what is there.";
      throw new ExpectedError('Interrupted', { cause, hint });
    }
  },
});

interface UpFlags extends WantedPlace, WantedCpi {
  readonly cloudConfig: string | undefined;
  readonly noExample: boolean;
  readonly stemcell: string | undefined;
  readonly stateDir: string | undefined;
  readonly cacheDir: string | undefined;
}

async function bringUp(context: CommandContext, flags: UpFlags): Promise<void> {
  const { noExample, stemcell: given, cloudConfig, cpi, cpiConfig, ...place } = flags;
  const { ui, env, signal } = context;
  const known = botiHome(env, place.stateDir);
  const home: BotiHome = {
    ...known,
    cache: place.cacheDir === undefined ? known.cache : resolve(place.cacheDir),
    addresses: chooseAddresses(known.dir, place),
  };
  const progress = progressOn(ui);
  const startedAt = Date.now();
  checkSystem();
  await using _held = await holdHome(home.dir, 'up');
  using closing = new DisposableStack();
  await checkMachine(home, components(home));
  const foreignCpi = await chooseForeignCpi(home, { cpi, cpiConfig });
  const { credentials } = await prepareHome(home);
  await writeConfigs(home, credentials, foreignCpi);
  progress.say(`Starting the Director (everything is kept in ${home.dir})`);
  const [stemcell] = await together(signal, (own) => [
    given === undefined ? prepareStemcell(home, progress, own) : Promise.resolve(given),
    startComponents(home, progress, own),
  ]);
  const director = await localDirector(context, home, { deployment: exampleName, closing });
  await registerAlias(context, home, credentials);
  await uploadCloudConfig(director, { home, given: cloudConfig }, progress);
  await together(signal, (own) => [
    uploadBuiltStemcell({ ...director, signal: own }, progress, stemcell as string),
    noExample ? Promise.resolve() : uploadExampleRelease({ ...director, signal: own }, home, progress),
  ]);
  if (!noExample) {
    const isDeployed = await deployExample(director, home, progress);
    await showInstances(director, exampleName);
    progress.say(isDeployed ? timingLine(progress, startedAt) : 'Nothing had to be done.');
  }
  sayWhatNext(progress, noExample);
}

/** Both at once; when one fails the other is stopped before the failure is told. */
async function together<T extends readonly Promise<unknown>[]>(
  signal: AbortSignal,
  start: (signal: AbortSignal) => readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const failed = new AbortController();
  const running = start(AbortSignal.any([signal, failed.signal]));
  try {
    return (await Promise.all(running)) as { [K in keyof T]: Awaited<T[K]> };
  } catch (error) {
    failed.abort(new Error('another step has failed'));
    await Promise.allSettled(running);
    throw error;
  }
}

function timingLine({ timings }: Progress, startedAt: number): string {
  const longest = timings
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, 4)
    .map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`);
  return `Ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s: ${longest.join(', ')}.`;
}

function sayWhatNext({ say }: Progress, noExample: boolean): void {
  const example = noExample
    ? []
    : [
        '  boti -e boti -d redis instances --ps         what runs',
        '  boti -e boti -d redis ssh primary            look around in a VM',
        '  boti -e boti -d redis run-errand smoke-tests',
        '  boti -e boti -d redis recreate replica/0     a new VM with the same disk',
      ];
  say(
    [
      "The Director is reached as environment 'boti'. What to try next:",
      ...example,
      '  boti -e boti tasks --recent                  what the Director has done',
      '  boti status                                  the processes behind it',
      '  boti down                                    remove everything (--keep: only stop it)',
    ].join('\n'),
  );
}
