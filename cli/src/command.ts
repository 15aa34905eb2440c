import type { DirectorClient, Info, Task } from '@boti/director-api';
import type { ArgumentSpecs, ArgumentValues } from './arguments/argument-spec.ts';
import type { GlobalOptions } from './arguments/global-options.ts';
import type { OptionSpecs, OptionValues } from './arguments/option-spec.ts';
import type { Environment } from './arguments/parse-arguments.ts';
import type { ConfigFile } from './config/config-file.ts';
import type { ShowOptions } from './session/follow-task.ts';
import type { Ui } from './ui/ui.ts';

/** What every command has to work with. */
export interface CommandContext {
  readonly ui: Ui;
  readonly globals: GlobalOptions;
  readonly env: Environment;
  readonly config: ConfigFile;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** … and a Director that answers. */
export interface DirectorContext extends CommandContext {
  readonly director: DirectorClient;
  /** As asked for: its URL. */
  readonly url: string;
  /** Its answer to the anonymous request for `/info`. */
  readonly info: Info;
  /** Shows how a task goes on until it has ended; throws TaskFailed unless it is done. */
  followTask(task: Task, options?: ShowOptions): Promise<Task>;
  /** Follows a task likewise and returns the output of type `result`. */
  resultOf(task: Task, options?: ShowOptions): Promise<string>;
}

/** … and the deployment that `-d` names. */
export interface DeploymentContext extends DirectorContext {
  readonly deployment: string;
}

interface Contexts {
  readonly nothing: CommandContext;
  readonly director: DirectorContext;
  readonly deployment: DeploymentContext;
}

export type Needs = keyof Contexts;

interface CommandParts<A extends ArgumentSpecs, O extends OptionSpecs> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** Positional arguments in order. */
  readonly args?: A;
  readonly options?: O;
}

/** A command: data for help and completion, and what it does. Commands ask `ui`; they never print. */
export interface Command {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly args: ArgumentSpecs;
  readonly options: OptionSpecs;
  readonly needs: Needs;
  run(context: never, input: never): Promise<void>;
}

type Run<N extends Needs, A extends ArgumentSpecs, O extends OptionSpecs> = {
  run(context: Contexts[N], input: ArgumentValues<A> & OptionValues<O>): Promise<void>;
};

function define<N extends Needs>(needs: N) {
  return <const A extends ArgumentSpecs, const O extends OptionSpecs>(
    parts: CommandParts<A, O> & Run<N, A, O>,
  ): Command => ({
    name: parts.name,
    aliases: parts.aliases ?? [],
    summary: parts.summary,
    args: parts.args ?? {},
    options: parts.options ?? {},
    needs,
    run: (context: Contexts[N], input: ArgumentValues<A> & OptionValues<O>) => parts.run(context, input),
  });
}

/** A command that works without a Director. */
export const localCommand = define('nothing');

/** A command that speaks to the Director; it is reached, and said so, before the command runs. */
export const directorCommand = define('director');

/** A command about one deployment: `-d` is required. */
export const deploymentCommand = define('deployment');
