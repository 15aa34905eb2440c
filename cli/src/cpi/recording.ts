import { appendFile, readFile } from 'node:fs/promises';
import { ExpectedError, messageOf } from '@boti/core';
import { z } from 'zod';
import type { CpiCaller, MadeCall } from './caller-options.ts';
import { scrub, secretsIn } from './secrets.ts';

const wireError = z.looseObject({ type: z.string(), message: z.string() });

/** One line of a recording. `response` is null when none came; `problem` then says why. */
const recordedCallSchema = z.looseObject({
  at: z.string(),
  request: z.looseObject({
    method: z.string(),
    arguments: z.array(z.unknown()),
    api_version: z.number().optional(),
  }),
  response: z.looseObject({ result: z.unknown(), error: wireError.nullable() }).nullable(),
});

export type RecordedCall = z.infer<typeof recordedCallSchema>;

/** Adds a call to a recording, without secrets: they are `<redacted>`. */
export async function record(file: string, { executable, args, secrets }: CpiCaller, made: MadeCall): Promise<void> {
  const { request, outcome } = made;
  const { response, error, log, stderr, durationMs } = outcome;
  const line = {
    at: new Date().toISOString(),
    executable,
    args,
    request,
    response: response ?? null,
    ...(response === undefined ? { problem: error?.message } : {}),
    log,
    stderr,
    duration_ms: Math.round(durationMs),
  };
  const clean = scrub(line, [...secrets, ...secretsIn(request), ...secretsIn(response)]);
  await appendFile(file, `${JSON.stringify(clean)}\n`, { mode: 0o600 });
}

export async function readRecording(file: string): Promise<readonly RecordedCall[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ExpectedError(`The recording '${file}' cannot be read: ${messageOf(cause)}`, { cause });
  });
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
  return lines.filter(({ line }) => line.trim() !== '').map(({ line, number }) => parseLine(file, line, number));
}

function parseLine(file: string, line: string, number: number): RecordedCall {
  try {
    return recordedCallSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new ExpectedError(`Line ${number} of '${file}' is no recorded call: ${messageOf(cause)}`, {
      cause,
      hint: "A recording is made by 'boti cpi run … --record FILE'.",
    });
  }
}
