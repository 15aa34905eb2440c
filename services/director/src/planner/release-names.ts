/** Names of all releases that a manifest and runtime configs mention, before any of it is validated: what to look up. */
export function releaseNamesIn(request: {
  readonly manifest: unknown;
  readonly runtimeConfigs: readonly unknown[];
}): readonly string[] {
  const documents = [request.manifest, ...request.runtimeConfigs];
  const entries = documents.flatMap((document) => [...listIn(document, 'releases'), field(document, 'release')]);
  const names = entries.map((entry) => field(entry, 'name'));
  return [...new Set(names.filter((name) => typeof name === 'string' || typeof name === 'number').map(String))];
}

function listIn(document: unknown, key: string): readonly unknown[] {
  const value = field(document, key);
  return Array.isArray(value) ? value : [];
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
