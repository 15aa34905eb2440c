import { ExpectedError } from '@boti/core';

/** The command line asks for something that does not exist or does not fit together. */
export class UsageError extends ExpectedError {}
