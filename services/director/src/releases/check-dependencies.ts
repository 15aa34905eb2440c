import { ReleaseInvalidPackage } from '../errors.ts';

interface Dependent {
  readonly name: string;
  readonly dependencies: readonly string[];
}

/** Every dependency must be in the release, and none may lead back to its start. */
export function checkDependencies(packages: readonly Dependent[]): void {
  const byName = new Map(packages.map((one) => [one.name, one]));
  const done = new Set<string>();
  const visit = (one: Dependent, path: readonly string[]): void => {
    if (path.includes(one.name)) {
      throw new ReleaseInvalidPackage(`Package dependencies form a cycle: ${[...path, one.name].join(' -> ')}`);
    }
    if (done.has(one.name)) return;
    for (const name of one.dependencies) {
      const dependency = byName.get(name);
      if (dependency === undefined) {
        throw new ReleaseInvalidPackage(`Package '${one.name}' depends on '${name}', which the release does not have`);
      }
      visit(dependency, [...path, one.name]);
    }
    done.add(one.name);
  };
  for (const one of packages) visit(one, []);
}
