import { ExpectedError, messageOf } from '@boti/core';
import { z } from 'zod';
import { CloudError } from './cloud-error.ts';

/** Newest contract version this SDK and the client speak. */
export const maxApiVersion = 3;

const contextSchema = z.looseObject({
  director_uuid: z.string().default(''),
  request_id: z.string().optional(),
  boti_creation: z.string().min(1).optional(),
  vm: z.looseObject({ stemcell: z.looseObject({ api_version: z.number().int().optional() }).nullish() }).nullish(),
});

export const cpiRequestSchema = z.looseObject({
  method: z.string().min(1),
  arguments: z.array(z.unknown()),
  context: contextSchema.nullish().transform((context) => context ?? { director_uuid: '' }),
  api_version: z.number().int().min(1).nullish(),
});
/** One call as it travels: `{method, arguments, context, api_version}`. */
export type CpiRequest = z.infer<typeof cpiRequestSchema>;

/** An error as it travels. `type` is `Bosh::Clouds::` and a `CloudErrorType`, or `Unknown`. */
export interface WireError {
  readonly type: string;
  readonly message: string;
  readonly ok_to_retry: boolean;
}

/** One answer as it travels. All three keys are always there. */
export interface CpiResponse {
  readonly result: unknown;
  readonly error: WireError | null;
  readonly log: string;
}

/** How an error travels: a name of the contract where there is one, `Unknown` for a bug. */
export function toWireError(error: unknown): WireError {
  if (error instanceof CloudError) {
    const type = error.type === 'Unknown' ? 'Unknown' : `Bosh::Clouds::${error.type}`;
    return { type, message: withHint(error), ok_to_retry: error.okToRetry };
  }
  if (error instanceof ExpectedError) {
    return { type: 'Bosh::Clouds::CloudError', message: withHint(error), ok_to_retry: false };
  }
  return { type: 'Unknown', message: messageOf(error), ok_to_retry: false };
}

function withHint(error: ExpectedError): string {
  return error.hint === undefined ? error.message : `${error.message}\n${error.hint}`;
}
