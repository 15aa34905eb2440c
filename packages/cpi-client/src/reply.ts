import { CloudError, type CloudErrorType, cloudErrorTypes } from '@boti/cpi-sdk';
import { z } from 'zod';

export interface WireRequest {
  readonly method: string;
  readonly arguments: readonly unknown[];
  readonly context: Readonly<Record<string, unknown>> & { readonly request_id: string };
  readonly api_version?: number;
}

/** What came back from a CPI process, whatever it was. */
export interface RawReply {
  /** Standard output, or the line of a `serve` process. */
  readonly output: string;
  readonly stderr: string;
  /** `answered`: the process has said all it had to say. */
  readonly ended: 'answered' | 'deadline' | 'aborted' | 'failed';
  /** How the process ended, in words, where that matters. */
  readonly reason: string;
}

export interface ParsedReply {
  readonly result: unknown;
  readonly error: CloudError | undefined;
  readonly log: string;
}

const responseSchema = z.looseObject({
  result: z.unknown(),
  error: z.looseObject({ type: z.string(), message: z.string(), ok_to_retry: z.boolean().nullish() }).nullish(),
  log: z.string().nullish(),
});

export const infoSchema = z.looseObject({
  stemcell_formats: z.array(z.string()).optional(),
  api_version: z.number().int().optional(),
  boti: z.looseObject({ extensions: z.array(z.string()) }).optional(),
});

/** Only these may be tried again. BOSH: bosh-director clouds/errors.rb, RetriableCloudError. */
const retriable: readonly string[] = ['NoDiskSpace', 'DiskNotAttached', 'DiskNotFound', 'VMCreationFailed'];

export function parseReply(request: WireRequest, reply: RawReply, executable: string): ParsedReply {
  const where = `'${request.method}' CPI method (CPI request ID: '${request.context.request_id}')`;
  if (reply.ended !== 'answered') return failure(`CPI ${executable} ${reply.reason} in ${where}`, reply);
  const json = parseJson(reply.output);
  const parsed = responseSchema.safeParse(json);
  if (!parsed.success || typeof json !== 'object' || json === null || !('result' in json) || !('error' in json)) {
    return failure(`CPI ${executable} gave no valid response${reply.reason} in ${where}`, reply, shorten(reply.output));
  }
  const { result, error, log } = parsed.data;
  return {
    result,
    error: error === null || error === undefined ? undefined : toCloudError(error, where),
    log: log ?? '',
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failure(message: string, reply: RawReply, output = ''): ParsedReply {
  const parts = [message];
  if (output !== '') parts.push(`Its output: ${output}`);
  const tail = reply.stderr.trim().split('\n').slice(-20).join('\n');
  if (tail !== '') parts.push(`The end of its stderr:\n${tail}`);
  const hint = 'Run the CPI by hand with the same request, or look at the log of the cloud it speaks to.';
  return { result: null, error: new CloudError('Unknown', parts.join('\n'), { hint }), log: '' };
}

function toCloudError(
  wire: { readonly type: string; readonly message: string; readonly ok_to_retry?: boolean | null | undefined },
  where: string,
): CloudError {
  const type = errorType(wire.type, wire.message);
  const name = type === 'Unknown' ? 'Unknown CPI error' : 'CPI error';
  return new CloudError(type, `${name} '${wire.type}' with message '${wire.message}' in ${where}`, {
    okToRetry: retriable.includes(type) && wire.ok_to_retry === true,
  });
}

/** BOSH: bosh-director clouds/external_cpi.rb; the two legacy spellings are of old Ruby and Go SDKs. */
function errorType(type: string, message: string): CloudErrorType | 'Unknown' {
  if (type === 'InvalidCall' && message.startsWith('Method is not known, got')) return 'NotImplemented';
  if (type === 'Bosh::Clouds::CloudError' && message.startsWith('Invalid Method:')) return 'NotImplemented';
  const name = /^Bosh::Clouds::(\w+)$/.exec(type)?.[1];
  return cloudErrorTypes.find((known) => known === name) ?? 'Unknown';
}

function shorten(text: string): string {
  const trimmed = text.trim();
  return trimmed.length <= 2000 ? trimmed : `${trimmed.slice(0, 2000)}… (${trimmed.length} characters)`;
}
