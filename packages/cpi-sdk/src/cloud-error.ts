import { ExpectedError } from '@boti/core';

/** The error types of the CPI contract; the wire adds `Bosh::Clouds::`. Source: bosh clouds/errors.rb. */
export const cloudErrorTypes = [
  'CpiError',
  'NotImplemented',
  'NotSupported',
  'CloudError',
  'VMNotFound',
  'NetworkNotFound',
  'StemcellNotFound',
  'NoDiskSpace',
  'DiskNotAttached',
  'DiskNotFound',
  'VMCreationFailed',
] as const;
/** A name of an error in the contract, without `Bosh::Clouds::`. */
export type CloudErrorType = (typeof cloudErrorTypes)[number];

/** A failure that the contract has a name for. `okToRetry` matters for VMCreationFailed only. */
export class CloudError extends ExpectedError {
  readonly type: CloudErrorType | 'Unknown';
  readonly okToRetry: boolean;

  constructor(
    type: CloudErrorType | 'Unknown',
    message: string,
    options: { readonly okToRetry?: boolean; readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options);
    this.type = type;
    this.okToRetry = options.okToRetry ?? false;
  }
}

/** True when `error` is a CloudError of one of these types. */
export function isCloudError(error: unknown, ...types: readonly CloudErrorType[]): error is CloudError {
  return error instanceof CloudError && (types as readonly string[]).includes(error.type);
}
