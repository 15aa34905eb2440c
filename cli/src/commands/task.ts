import { ExpectedError } from '@boti/core';
import { type Task, type TaskOutputType, unfinishedTaskStates } from '@boti/director-api';
import { optionalArgument } from '../arguments/argument-spec.ts';
import { flag } from '../arguments/option-spec.ts';
import { type DirectorContext, directorCommand } from '../command.ts';
import { UsageError } from '../usage-error.ts';

export const task = directorCommand({
  name: 'task',
  aliases: ['t'],
  summary: 'Follow a task: the one with this ID, or the newest that is under way',
  args: { id: optionalArgument('ID') },
  options: {
    event: flag('Print the event log as it is'),
    cpi: flag('Print the log of CPI calls'),
    debug: flag('Print the debug log'),
    result: flag('Print the result'),
    all: flag('Look among tasks of all types', { short: 'a' }),
  },

  async run(context, { id, event, cpi, debug, result, all }) {
    const wanted = Object.entries({ event, cpi, debug, result }).filter(([, isWanted]) => isWanted);
    if (wanted.length > 1) throw new UsageError('Expected only one of --event, --cpi, --debug and --result');
    const found = id === undefined ? await newest(context, all) : await context.director.tasks.get(parseId(id));
    const raw = wanted[0]?.[0] as TaskOutputType | undefined;
    if (raw === undefined) await context.followTask(found);
    else await printOutput(context, found, raw);
  },
});

export function parseId(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`Expected task ID '${text}' to be a number`);
}

async function newest({ director, globals }: DirectorContext, all: boolean): Promise<Task> {
  const states = unfinishedTaskStates.filter((state) => state !== 'queued');
  const tasks = await director.tasks.list({ states: [...states, 'queued'], all, deployment: globals.deployment });
  const [first] = tasks;
  if (first === undefined)
    throw new ExpectedError('No task found', { hint: "'boti tasks --recent' lists those that ended." });
  return first;
}

/** The whole log of a task that ended, whatever its end; that of a running one as it grows. */
async function printOutput(
  { director, ui, followTask }: DirectorContext,
  found: Task,
  type: TaskOutputType,
): Promise<void> {
  if (unfinishedTaskStates.includes(found.state)) {
    await followTask(found, { type, isRaw: true });
    return;
  }
  ui.block((await director.tasks.outputFrom(found.id, type, 0)).toString());
}
