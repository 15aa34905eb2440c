import { blobId } from '@boti/core';
import type { Extracted, ReleaseCompiledPackageEntry } from '@boti/release';
import { dropBlobs, keepBlob, putBlob } from '../blobs/pending-blobs.ts';
import {
  type CompiledForm,
  findCompiledElsewhere,
  findCompiledPackage,
  type Identity,
  insertCompiledPackage,
} from '../compilation/compiled-package-store.ts';
import { ReleaseInvalidPackage } from '../errors.ts';
import { dependencyKey } from '../planner/dependency-key.ts';
import type { ReleasePackage } from '../planner/snapshot.ts';
import type { ReleaseUpload } from './store-release.ts';

type Entry = ReleaseCompiledPackageEntry & Extracted;

interface CompiledParts {
  readonly packages: readonly ReleasePackage[];
  readonly entries: readonly Entry[];
}

interface Wanted {
  readonly entry: Entry;
  readonly identity: Identity & { readonly package: ReleasePackage };
}

/**
 * Stores the packages of a compiled release, each for the stemcell it was compiled on. A client leaves out of the tarball
 * what the Director has compiled already: that stays, or is copied from the release that has it.
 */
export async function storeCompiledPackages(upload: ReleaseUpload, parts: CompiledParts): Promise<void> {
  const wanted = parts.entries.map((entry) => wantedForm(entry, parts.packages));
  const present = await Promise.all(wanted.map(({ identity }) => findCompiledPackage(upload.database, identity)));
  const fresh = wanted.filter((_, index) => present[index] === undefined);
  const old = wanted.filter((_, index) => present[index] !== undefined);
  if (fresh.length > 0) {
    const stage = upload.events.stage('Creating new compiled packages', fresh.length);
    for (const one of fresh) {
      const { name, version, stemcell } = one.entry;
      await stage.track(`${name}/${version} for ${stemcell}`, () => store(upload, one));
    }
  }
  if (old.length > 0) {
    const title = `Processing ${old.length} existing package${old.length === 1 ? '' : 's'}`;
    await upload.events.stage(title, 1).track(title, async () => undefined);
  }
}

function wantedForm(entry: Entry, packages: readonly ReleasePackage[]): Wanted {
  const byName = new Map(packages.map((one) => [one.name, one]));
  const source = byName.get(entry.name);
  if (source === undefined) throw new TypeError(`compiled package ${entry.name} is not among the release's packages`);
  const [operatingSystem = '', version = ''] = entry.stemcell.split('/');
  const key = dependencyKey(source, byName);
  return { entry, identity: { package: source, stemcell: { operatingSystem, version }, dependencyKey: key } };
}

async function store(upload: ReleaseUpload, { entry, identity }: Wanted): Promise<void> {
  upload.signal.throwIfAborted();
  const form = entry.path === undefined ? await copy(upload, identity) : await take(upload, entry.path, entry.sha1);
  const stored = await insertCompiledPackage(upload.database, identity, form);
  if (stored.blobstoreId === form.blobstoreId) await keepBlob(upload.database, form.blobstoreId);
  else await dropBlobs(upload, [form.blobstoreId]);
}

async function take(upload: ReleaseUpload, path: string, sha1: string): Promise<Omit<CompiledForm, 'build'>> {
  return { blobstoreId: await putBlob(upload, { path }), sha1 };
}

async function copy(upload: ReleaseUpload, identity: Wanted['identity']): Promise<Omit<CompiledForm, 'build'>> {
  const source = await findCompiledElsewhere(upload.database, identity);
  if (source === undefined) {
    const { name, fingerprint } = identity.package;
    throw new ReleaseInvalidPackage(
      `The tarball lacks compiled package '${name}' (${fingerprint}), and the Director does not have it`,
      { hint: 'Upload the release again, complete.' },
    );
  }
  const stream = await upload.blobstore.open(blobId(source.blobstoreId));
  return { blobstoreId: await putBlob(upload, { stream }), sha1: source.sha1 };
}
