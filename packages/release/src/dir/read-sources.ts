import { join } from 'node:path';
import { closest, ExpectedError, messageOf } from '@boti/core';
import { fileTree } from './file-globs.ts';
import { foldersIn } from './fingerprints-of.ts';
import { readJobSource } from './read-job-source.ts';
import { readLicenseSource } from './read-license-source.ts';
import { readPackageSource } from './read-package-source.ts';
import type { JobSource, LicenseSource, PackageSource } from './sources.ts';

export interface ReleaseSources {
  readonly jobs: readonly JobSource[];
  readonly packages: readonly PackageSource[];
  readonly license: LicenseSource | undefined;
  readonly warnings: readonly string[];
}

/** Everything that is wrong with the sources of a release. */
export class ReleaseNotBuildable extends ExpectedError {
  constructor(dir: string, failures: readonly unknown[]) {
    const list = failures.map((failure) => `- ${messageOf(failure).replaceAll('\n', '\n  ')}`);
    super(`The release in '${dir}' cannot be built:\n${list.join('\n')}`);
  }
}

/** Reads everything a release is built from. All that is wrong comes in one error. */
export async function readSources(dir: string): Promise<ReleaseSources> {
  const failures: unknown[] = [];
  const collect = async <T>(folders: readonly string[], read: (folder: string) => Promise<T>): Promise<T[]> => {
    const results: T[] = [];
    for (const folder of folders) {
      await read(folder).then(
        (result) => results.push(result),
        (error: unknown) => failures.push(error),
      );
    }
    return results;
  };
  const trees = { src: fileTree(join(dir, 'src')), blobs: fileTree(join(dir, 'blobs')) };
  const packages = await collect(await foldersIn(join(dir, 'packages')), (folder) => readPackageSource(folder, trees));
  const jobs = await collect(await foldersIn(join(dir, 'jobs')), readJobSource);
  const license = await readLicenseSource(dir);
  if (failures.length === 0) failures.push(...duplicates(packages), ...missingPackages(packages, jobs));
  if (failures.length > 0) throw new ReleaseNotBuildable(dir, failures);
  const warnings = [...packages, ...jobs].flatMap((source) => source.warnings);
  return { jobs, packages, license, warnings };
}

function missingPackages(packages: readonly PackageSource[], jobs: readonly JobSource[]): readonly ExpectedError[] {
  const known = new Set(packages.map(({ name }) => name));
  const wanted = [
    ...packages.map((source) => ({ what: `package '${source.name}'`, names: source.dependencies })),
    ...jobs.map((source) => ({ what: `job '${source.name}'`, names: source.packages })),
  ];
  return wanted.flatMap(({ what, names }) =>
    names
      .filter((name) => !known.has(name))
      .map((name) => {
        const guess = closest(name, known);
        const hint = guess === undefined ? '' : `, did you mean '${guess}'?`;
        return new ExpectedError(`Package '${name}', a dependency of ${what}, does not exist${hint}`);
      }),
  );
}

// BOSH: bosh-cli accepts this and makes a tarball in which one of them is lost.
function duplicates(packages: readonly PackageSource[]): readonly ExpectedError[] {
  const names = packages.map(({ name }) => name);
  const twice = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [...twice].map((name) => new ExpectedError(`Two folders under packages/ hold a package called '${name}'`));
}
