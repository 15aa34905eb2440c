import type { ReleasePackage } from './snapshot.ts';

type Entry = readonly [string, string] | readonly [string, string, readonly Entry[]];

/**
 * What a package is compiled against, as text: its dependencies by name, each `[name, version]` or with its own as a third
 * item. `byName` holds the packages of its release.
 */
export function dependencyKey(of: ReleasePackage, byName: ReadonlyMap<string, ReleasePackage>): string {
  return JSON.stringify(entries(of, byName));
}

function entries(of: ReleasePackage, byName: ReadonlyMap<string, ReleasePackage>): readonly Entry[] {
  return of.dependencies.toSorted().map((name) => {
    const dependency = byName.get(name);
    if (dependency === undefined) {
      throw new TypeError(`package '${of.name}' depends on '${name}', which its release does not have`);
    }
    const nested = entries(dependency, byName);
    return nested.length === 0 ? [dependency.name, dependency.version] : [dependency.name, dependency.version, nested];
  });
}
