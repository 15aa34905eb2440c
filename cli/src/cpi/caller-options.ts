import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { ExpectedError, isThere } from '@boti/core';
import { callRaw, type RawOutcome, type WireRequest } from '@boti/cpi-client';
import { integer, list, requiredText, text } from '../arguments/option-spec.ts';
import { UsageError } from '../usage-error.ts';
import { setIn, yamlOrFile } from './call-arguments.ts';
import { secretsIn } from './secrets.ts';

/** Flags of the commands that call a CPI. */
export const callerOptions = {
  cpi: requiredText('Executable of the CPI', { placeholder: 'EXECUTABLE' }),
  config: text('Its configuration; it gets --config FILE', { placeholder: 'FILE' }),
  arg: list('Argument for the executable, in place of --config FILE; may be given several times (--arg=-x)', {
    placeholder: 'ARGUMENT',
  }),
  context: list('CPI property as a Director sends it: KEY=VALUE, or @FILE with several; may be given several times', {
    placeholder: 'KEY=VALUE',
  }),
  apiVersion: integer("Contract version (default: the CPI's, at most 3)", { placeholder: 'NUMBER' }),
  stemcellApiVersion: integer('Agent version of the stemcell (default 3)', { placeholder: 'NUMBER' }),
  deadline: integer('Give up after this many seconds (default: by method, 1 minute to 2 hours)', {
    placeholder: 'SECONDS',
  }),
};

export interface CallerInput {
  readonly cpi: string;
  readonly config: string | undefined;
  readonly arg: readonly string[];
  readonly context: readonly string[];
  readonly apiVersion: number | undefined;
  readonly stemcellApiVersion: number | undefined;
  readonly deadline: number | undefined;
}

/** Calls one CPI executable, one process a call. */
export interface CpiCaller {
  readonly executable: string;
  readonly args: readonly string[];
  /** Texts of its configuration that belong into no recording. */
  readonly secrets: readonly string[];
  /** The contract version that is spoken with this CPI. */
  apiVersion(): Promise<number>;
  call(method: string, args: readonly unknown[], apiVersion: number | undefined): Promise<MadeCall>;
}

export interface MadeCall {
  readonly request: WireRequest;
  readonly outcome: RawOutcome;
}

const newestVersion = 3;

export async function openCaller(input: CallerInput, signal: AbortSignal): Promise<CpiCaller> {
  const executable = resolve(input.cpi);
  if (!(await isThere(executable))) {
    throw new ExpectedError(`There is no CPI executable '${executable}'`, { hint: 'Name it with --cpi.' });
  }
  const { config } = input;
  const args = input.arg.length > 0 ? input.arg : config === undefined ? [] : ['--config', resolve(config)];
  const context = await contextOf(input);
  const secrets = [
    ...secretsIn(context),
    ...(config === undefined ? [] : secretsIn(await yamlOrFile('--config', `@${config}`))),
  ];
  const deadlines = input.deadline === undefined ? {} : { default: input.deadline * 1000 };
  const call: CpiCaller['call'] = async (method, given, apiVersion) => {
    const request = {
      method,
      arguments: given,
      context: { ...context, request_id: `cpi-${randomInt(100_000, 1_000_000)}` },
      ...(apiVersion === undefined ? {} : { api_version: apiVersion }),
    };
    return { request, outcome: await callRaw({ executable, args, request, deadlines, signal }) };
  };
  return { executable, args, secrets, call, apiVersion: async () => input.apiVersion ?? (await spokenVersion(call)) };
}

/** As Directors find it out: from `info`; a CPI without one speaks version 1. */
async function spokenVersion(call: CpiCaller['call']): Promise<number> {
  const { outcome } = await call('info', [], undefined);
  if (outcome.error?.type === 'NotImplemented') return 1;
  if (outcome.error !== undefined) throw outcome.error;
  const { api_version: version = 1 } = (outcome.response?.result ?? {}) as { api_version?: number };
  return Math.min(version, newestVersion);
}

async function contextOf({ context, stemcellApiVersion = 3 }: CallerInput): Promise<Record<string, unknown>> {
  const result: Record<string, unknown> = {
    director_uuid: 'boti-cpi-run',
    vm: { stemcell: { api_version: stemcellApiVersion } },
  };
  for (const given of context) {
    if (given.startsWith('@')) {
      Object.assign(result, await yamlOrFile('--context', given));
      continue;
    }
    const [, path, value] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
    if (path === undefined) throw new UsageError(`--context '${given}' is neither KEY=VALUE nor @FILE`);
    setIn(result, path.split('.'), await yamlOrFile('--context', value ?? ''));
  }
  return result;
}
