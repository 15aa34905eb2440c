import { ExpectedError } from '@boti/core';
import { argument, restArguments } from '../arguments/argument-spec.ts';
import { flag, text } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { callArguments } from '../cpi/call-arguments.ts';
import { callerOptions, type MadeCall, openCaller } from '../cpi/caller-options.ts';
import { record } from '../cpi/recording.ts';
import type { Ui } from '../ui/ui.ts';

export const cpiRun = localCommand({
  name: 'cpi run',
  summary:
    'Call one method of a CPI by hand: has_vm vm-1; create_disk 1024 cloud_properties.type=ssd; create_vm @vm.yml',
  args: { method: argument('METHOD'), given: restArguments('ARGUMENT') },
  options: {
    ...callerOptions,
    record: text("Add the call to this file, for 'boti cpi replay'; secrets are left out", { placeholder: 'FILE' }),
    log: flag('Show what the CPI logged'),
  },

  async run({ ui, signal }, { method, given, ...input }) {
    const name = method.replaceAll('-', '_');
    const args = await callArguments(name, given);
    const caller = await openCaller(input, signal);
    const version = name === 'info' ? input.apiVersion : await caller.apiVersion();
    const made = await caller.call(name, args, version).catch((error: unknown) => {
      throw signal.aborted ? interrupted(name, error) : error;
    });
    if (input.record !== undefined) await record(input.record, caller, made);
    show(ui, made, input.log);
  },
});

/** A CPI that keeps the contract has undone what it began when it was told to end; not every CPI does. */
function interrupted(method: string, cause: unknown): unknown {
  if (!/^(create|snapshot|update)_/.test(method)) return cause;
  return new ExpectedError('Interrupted: the CPI was told to end', {
    hint: `Something of this ${method} may be left in the cloud, if the CPI does not clean up after itself.`,
  });
}

function show(ui: Ui, { request, outcome }: MadeCall, showsLog: boolean): void {
  const { response, error, log, stderr, durationMs } = outcome;
  const version = request.api_version === undefined ? '' : `, contract version ${request.api_version}`;
  ui.line(`${request.method}${version}: ${(durationMs / 1000).toFixed(2)} s`);
  const said = (log.trim() === '' ? stderr : log).trim();
  if ((showsLog || error !== undefined) && said !== '') ui.remark(said);
  if (error !== undefined) throw failure(error, response?.error ?? undefined);
  const { result } = response ?? {};
  ui.block(typeof result === 'string' ? `${result}\n` : `${JSON.stringify(result, null, 2)}\n`);
}

function failure(error: ExpectedError, wire: { type: string; message: string; ok_to_retry?: boolean } | undefined) {
  if (wire === undefined) return error;
  const retry = wire.ok_to_retry === true ? 'The CPI says that trying again may help.' : undefined;
  return new ExpectedError(`${wire.type}: ${wire.message}`, retry === undefined ? {} : { hint: retry });
}
