import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageRef } from '@boti/agent-protocol';
import { within } from '../action-error.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { Dirs } from '../dirs.ts';
import type { Ownership } from '../ownership.ts';
import { type BundleRef, Bundles, linkAtomically } from './bundles.ts';
import { unpack } from './tarballs.ts';

/** Compiled packages: downloaded once a version, linked at `/var/vcap/packages/<name>`. */
export class Packages {
  readonly bundles: Bundles;
  readonly #blobs: Blobs;
  readonly #dirs: Dirs;

  constructor({ dirs, blobs, ownership }: { dirs: Dirs; blobs: Blobs; ownership: Ownership }) {
    this.#blobs = blobs;
    this.#dirs = dirs;
    this.bundles = new Bundles({
      installDir: join(dirs.data, 'packages'),
      enableDir: dirs.packages,
      mode: 0o755,
      ownership,
    });
  }

  async prepare(ref: PackageRef): Promise<void> {
    await this.bundles.install(bundleOf(ref), async (dir) => {
      await using blob = await within(`Fetching package blob ${ref.blobstore_id ?? ''}`, () =>
        this.#blobs.fetch(blobOf(ref)),
      );
      await within(`Unpacking package ${ref.name}`, () => unpack(blob.path, dir));
    });
  }

  async apply(ref: PackageRef): Promise<void> {
    await this.prepare(ref);
    await this.bundles.enable(bundleOf(ref));
  }

  async keepOnly(refs: readonly PackageRef[]): Promise<void> {
    await this.bundles.keepOnly(refs.map(bundleOf));
  }

  /** Links exactly these packages at `/var/vcap/jobs/<job>/packages/<name>`. */
  async linkForJob(job: string, refs: readonly PackageRef[]): Promise<void> {
    const dir = join(this.#dirs.jobs, job, 'packages');
    for (const ref of refs) await linkAtomically(this.bundles.path(bundleOf(ref)), join(dir, ref.name));
    const wanted = new Set(refs.map((ref) => ref.name));
    const present = await readdir(dir).catch(() => []);
    for (const name of present) if (!wanted.has(name)) await rm(join(dir, name), { force: true });
  }
}

function bundleOf({ name, version, sha1 }: PackageRef): BundleRef {
  return { name, version: sha1 === '' ? version : `${version}-${sha1}` };
}

export function blobOf(ref: PackageRef): Parameters<Blobs['fetch']>[0] {
  const signedUrl = ref.signed_url || ref.package_get_signed_url;
  return { blobId: ref.blobstore_id, digest: ref.sha1, signedUrl, headers: ref.blobstore_headers };
}
