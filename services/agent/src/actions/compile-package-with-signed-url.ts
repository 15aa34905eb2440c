import { within } from '../action-error.ts';
import type { Action, Deps } from './action.ts';

export function compilePackageWithSignedUrl({ blobs, compiler }: Deps): Action<'compile_package_with_signed_url'> {
  return {
    name: 'compile_package_with_signed_url',
    mode: 'async',
    minArgs: 1,
    secret: true,
    async run([request]) {
      const { name, version, digest: sha1, blobstore_headers: headers } = request;
      const { digest } = await within(`Compiling package ${name}`, () =>
        compiler.compile({
          source: {
            name,
            version,
            sha1,
            package_get_signed_url: request.package_get_signed_url,
            ...(headers && { blobstore_headers: headers }),
          },
          deps: Object.values(request.deps ?? {}),
          upload: async (path) => ({ digest: await blobs.storeAt(path, request.upload_signed_url, headers) }),
        }),
      );
      return { result: { sha1: digest } };
    },
  };
}
