import type { DirectorClient } from '@boti/director-api';
import type { GlobalOptions } from '../arguments/global-options.ts';
import type { OptionSpecs } from '../arguments/option-spec.ts';
import { type Environment, parseFlags } from '../arguments/parse-arguments.ts';
import type { CommandContext } from '../command.ts';
import type { Candidates } from './complete.ts';

export interface ValueRequest {
  readonly command: string;
  /** The argument's name as usage shows it, or `--flag`. */
  readonly argument: string;
  /** What is typed already: it may name the Director and the deployment. */
  readonly words: readonly string[];
  readonly specs: OptionSpecs;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

interface Asking {
  readonly director: DirectorClient;
  readonly deployment: string;
}

/** What a Director that is slow to answer must not make a shell wait for. */
const timeoutMs = 2000;

/** What the config file and the Director know. Whatever goes wrong, there is just nothing to offer. */
export async function dynamicValues(request: ValueRequest): Promise<Candidates> {
  if (/^(URL-OR-)?PATH(-TO-.*)?$|^SRC-DIR$|^DESTINATION$|^EXECUTABLE$/.test(request.argument)) return 'files';
  if (request.argument === 'SHELL') return [{ word: 'bash' }, { word: 'fish' }, { word: 'zsh' }];
  if (request.argument === 'on|off') return [{ word: 'on' }, { word: 'off' }];
  const ask = askFor(request);
  if (ask === undefined) return [];
  const words = await ask(request).catch(() => []);
  return [...new Set(words)].map((word) => ({ word }));
}

type Ask = (request: ValueRequest) => Promise<readonly string[]>;

function askFor({ command, argument }: ValueRequest): Ask | undefined {
  return byCommand[command]?.[argument] ?? byArgument[argument];
}

/** Asks the Director that the words name. */
function asking(ask: (asking: Asking) => Promise<readonly string[]>): Ask {
  return async (request) => {
    const { env, signal } = request;
    const { globals, config } = await contextOf(request);
    const { openSession } = await import('../session/open-session.ts');
    using closing = new DisposableStack();
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const context = { globals, env, config, signal: limited, ui: silent };
    const { director } = await openSession(context as unknown as CommandContext, closing);
    return await ask({ director, deployment: globals.deployment ?? '' });
  };
}

const silent = { line: (): void => {} };

async function contextOf({ words, specs, env }: ValueRequest) {
  const globals = parseFlags(words, specs, env, false).options as unknown as GlobalOptions;
  const { configFileOf } = await import('../config/config-file-of.ts');
  return { globals, config: configFileOf(globals, env) };
}

async function environments(request: ValueRequest): Promise<readonly string[]> {
  const { config } = await contextOf(request);
  return (await config.environments()).map(({ alias, url }) => alias ?? url);
}

async function aliases(request: ValueRequest): Promise<readonly string[]> {
  return (await environments(request)).filter((one) => !one.includes('://'));
}

const groupsAndInstances = asking(async ({ director, deployment }) => {
  const all = await director.instances.list(deployment);
  return all.flatMap(({ job, id }) => [job, `${job}/${id}`]);
});

const instances = asking(async ({ director, deployment }) =>
  (await director.instances.list(deployment)).map(({ job, id }) => `${job}/${id}`),
);

const releaseVersions = asking(async ({ director }) =>
  (await director.releases.list()).flatMap(({ name, release_versions: versions }) =>
    versions.map(({ version }) => `${name}/${version}`),
  ),
);

const stemcellVersions = asking(async ({ director }) =>
  (await director.stemcells.list()).map(({ name, version }) => `${name}/${version}`),
);

const tasks = asking(async ({ director }) =>
  (await director.tasks.list({ states: ['processing', 'cancelling', 'queued'] })).map(({ id }) => String(id)),
);

const byArgument: Readonly<Record<string, Ask>> = {
  '--environment': environments,
  '--deployment': asking(async ({ director }) =>
    (await director.deployments.list({ withConfigs: false })).map(({ name }) => name),
  ),
  '--instance': groupsAndInstances,
  'INSTANCE-GROUP[/INSTANCE-ID]': groupsAndInstances,
  'INSTANCE-GROUP/INSTANCE-ID': instances,
};

const byCommand: Readonly<Record<string, Readonly<Record<string, Ask>>>> = {
  'cancel-task': { ID: tasks },
  'delete-release': { 'NAME[/VERSION]': releaseVersions },
  'delete-stemcell': { 'NAME/VERSION': stemcellVersions },
  'export-release': { 'NAME/VERSION': releaseVersions },
  'inspect-release': { 'NAME/VERSION': releaseVersions },
  'run-errand': {
    NAME: asking(async ({ director, deployment }) => (await director.errands.list(deployment)).map(({ name }) => name)),
  },
  task: { ID: tasks },
  'unalias-env': { ALIAS: aliases },
};
