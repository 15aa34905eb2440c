import { ExpectedError } from '@boti/core';
import type { ExtractedRelease } from '@boti/release';

/** A package of a release, in source form or compiled. */
export interface PackageNode {
  readonly name: string;
  readonly fingerprint: string;
  readonly sha1: string;
  /** Names in the same release. */
  readonly dependencies: readonly string[];
  /** Of the archive. */
  readonly path: string;
  /** `os/version` that it was compiled for; undefined when it is in source form. */
  readonly compiledFor: string | undefined;
  readonly release: string;
}

/** The named packages and all they need, each after what it needs. */
export function packagesInOrder(release: ExtractedRelease, names: readonly string[]): readonly PackageNode[] {
  const ordered = new Map<string, PackageNode>();
  const visit = (name: string, above: readonly string[]): void => {
    if (ordered.has(name)) return;
    if (above.includes(name)) {
      throw new ExpectedError(
        `Packages of release '${release.manifest.name}' need each other: ${[...above, name].join(' → ')}`,
      );
    }
    const found = packageOf(release, name);
    for (const dependency of found.dependencies) visit(dependency, [...above, name]);
    ordered.set(name, found);
  };
  for (const name of names) visit(name, []);
  return [...ordered.values()];
}

/** All packages that `node` needs, directly or not. */
export function dependenciesOf(node: PackageNode, known: readonly PackageNode[]): readonly PackageNode[] {
  const found = new Set<PackageNode>();
  const visit = (name: string): void => {
    const next = known.find((other) => other.release === node.release && other.name === name);
    if (next === undefined || found.has(next)) return;
    found.add(next);
    for (const dependency of next.dependencies) visit(dependency);
  };
  for (const dependency of node.dependencies) visit(dependency);
  return [...found];
}

function packageOf({ manifest, packages, compiledPackages }: ExtractedRelease, name: string): PackageNode {
  const compiled = compiledPackages.find((entry) => entry.name === name);
  const entry = compiled ?? packages.find((source) => source.name === name);
  if (entry?.path === undefined) throw new ExpectedError(`Release '${manifest.name}' has no package '${name}'`);
  return {
    name,
    fingerprint: entry.fingerprint ?? entry.version,
    sha1: entry.sha1,
    dependencies: entry.dependencies,
    path: entry.path,
    compiledFor: compiled?.stemcell,
    release: manifest.name,
  };
}
