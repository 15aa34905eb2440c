import { ExpectedError } from '@boti/core';
import { argument } from '../arguments/argument-spec.ts';
import { localCommand } from '../command.ts';
import { type CpiCaller, callerOptions, openCaller } from '../cpi/caller-options.ts';
import { differences, type Renamed, rename, withNewNames } from '../cpi/compare-responses.ts';
import { type RecordedCall, readRecording } from '../cpi/recording.ts';
import { redacted } from '../cpi/secrets.ts';
import { toned } from '../ui/table.ts';
import type { Ui } from '../ui/ui.ts';

export const cpiReplay = localCommand({
  name: 'cpi replay',
  summary: 'Make the calls of a recording again and tell what is answered differently; what was created gets new names',
  args: { file: argument('PATH') },
  options: callerOptions,

  async run({ ui, signal }, { file, ...input }) {
    const calls = await readRecording(file);
    const caller = await openCaller(input, signal);
    const incomplete = calls.filter(({ request }) => JSON.stringify(request.arguments).includes(redacted)).length;
    if (incomplete > 0) ui.remark(`Warning: ${incomplete} calls are made with '${redacted}' in place of their secrets`);
    const renamed: Renamed = new Map();
    const replayed: Replayed[] = [];
    for (const [index, call] of calls.entries()) {
      ui.progress(index, calls.length);
      replayed.push(await again(caller, call, { renamed, apiVersion: input.apiVersion }));
    }
    ui.progress(calls.length, calls.length);
    show(ui, replayed);
    const count = replayed.filter((one) => one.differences.length > 0).length;
    if (count > 0) throw new ExpectedError(`${count} of ${calls.length} calls are answered differently`);
  },
});

interface Replayed {
  readonly method: string;
  readonly before: string;
  readonly after: string;
  readonly differences: readonly string[];
}

async function again(
  caller: CpiCaller,
  { request, response }: RecordedCall,
  { renamed, apiVersion }: { readonly renamed: Renamed; readonly apiVersion: number | undefined },
): Promise<Replayed> {
  const { method } = request;
  const args = withNewNames(request.arguments, renamed);
  const { outcome } = await caller.call(method, args, apiVersion ?? request.api_version);
  const found = differences(response, outcome, renamed);
  if (found.length === 0) rename(renamed, method, response?.result, outcome.response?.result);
  return { method, before: brief(response), after: brief(outcome.response ?? null), differences: found };
}

interface Response {
  readonly result?: unknown;
  readonly error: { readonly type: string } | null;
}

function brief(response: Response | null): string {
  if (response === null) return 'no response';
  const text = response.error === null ? (JSON.stringify(response.result) ?? 'null') : response.error.type;
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

function show(ui: Ui, replayed: readonly Replayed[]): void {
  ui.table({
    content: 'calls',
    header: ['#', 'Method', 'Recorded', 'Now', 'Differences'],
    rows: replayed.map((one, index) => [
      String(index + 1),
      one.method,
      one.before,
      one.after,
      one.differences.length === 0 ? '' : toned(one.differences.join('\n'), false),
    ]),
  });
}
