import { ExpectedError } from '@boti/core';

/** An outcome with a BOSH error number: what clients and operators match on. The catalogue is errors.ts. */
export class DirectorError extends ExpectedError {
  readonly errorCode: number;
  readonly httpStatus: number;

  constructor(
    errorCode: number,
    httpStatus: number,
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options);
    this.errorCode = errorCode;
    this.httpStatus = httpStatus;
  }
}

/** Declares one error: its name, number, HTTP status and message, in one line. `new Name(args)` makes it. */
export function defineError<Args extends readonly unknown[]>(
  name: string,
  errorCode: number,
  httpStatus: number,
  message: (...args: Args) => string,
): new (
  ...args: Args
) => DirectorError {
  return class extends DirectorError {
    constructor(...args: Args) {
      super(errorCode, httpStatus, message(...args));
      this.name = name;
    }
  };
}
