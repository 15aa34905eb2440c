import { ExpectedError } from '@boti/core';

/** The tarball is damaged, is no stemcell, or its stemcell.MF is wrong. (The Director answers it with 50000.) */
export class StemcellArchiveInvalid extends ExpectedError {}

/** The tarball has no regular file `image`. (The Director answers it with 50001.) */
export class StemcellImageMissing extends ExpectedError {
  constructor(path: string) {
    super(`Stemcell '${path}' has no file 'image'`, {
      hint: "A stemcell holds 'stemcell.MF' and 'image' at its top level; even a light stemcell has an empty 'image'.",
    });
  }
}
