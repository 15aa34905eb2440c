import type { Extracted, ReleaseCompiledPackageEntry } from '@boti/release';
import { dropBlobs, keepBlob, putBlob } from '../blobs/pending-blobs.ts';
import { insertCompiledPackage } from '../compilation/compiled-package-store.ts';
import { ReleaseInvalidPackage } from '../errors.ts';
import { dependencyKey } from '../planner/dependency-key.ts';
import type { ReleasePackage } from '../planner/snapshot.ts';
import type { ReleaseUpload } from './store-release.ts';

interface CompiledParts {
  readonly packages: readonly ReleasePackage[];
  readonly entries: readonly (ReleaseCompiledPackageEntry & Extracted)[];
}

/** Stores the packages of a compiled release, each for the stemcell it was compiled on. */
export async function storeCompiledPackages(upload: ReleaseUpload, parts: CompiledParts): Promise<void> {
  const byName = new Map(parts.packages.map((one) => [one.name, one]));
  const stage = upload.events.stage('Creating new compiled packages', parts.entries.length);
  for (const entry of parts.entries) {
    await stage.track(`${entry.name}/${entry.version} for ${entry.stemcell}`, async () => {
      upload.signal.throwIfAborted();
      const source = byName.get(entry.name);
      if (source === undefined || entry.path === undefined) {
        throw new ReleaseInvalidPackage(`The tarball lacks compiled package '${entry.name}'`);
      }
      const [operatingSystem = '', version = ''] = entry.stemcell.split('/');
      const blobstoreId = await putBlob(upload, { path: entry.path });
      const identity = {
        package: source,
        stemcell: { operatingSystem, version },
        dependencyKey: dependencyKey(source, byName),
      };
      const stored = await insertCompiledPackage(upload.database, identity, { blobstoreId, sha1: entry.sha1 });
      if (stored.blobstoreId === blobstoreId) await keepBlob(upload.database, blobstoreId);
      else await dropBlobs(upload, [blobstoreId]);
    });
  }
}
