import { ExpectedError } from '@boti/core';
import { within } from '../action-error.ts';
import type { Action, Deps } from './action.ts';

export function compilePackage({ blobs, compiler }: Deps): Action<'compile_package'> {
  return {
    name: 'compile_package',
    mode: 'async',
    minArgs: 5,
    async run([blobId, sha1, name, version, deps]) {
      const { blobId: compiledId, digest } = await within(`Compiling package ${name}`, () =>
        compiler.compile({
          source: { name, version, sha1, blobstore_id: blobId },
          deps: Object.values(deps),
          upload: (path) => blobs.store(path),
        }),
      );
      if (compiledId === undefined) throw new ExpectedError(`The compiled package ${name} was not stored`);
      return { result: { blobstore_id: compiledId, sha1: digest } };
    },
  };
}
