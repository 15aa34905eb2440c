import { ExpectedError } from '@boti/core';

/** `release[-pre][+post]`, each a dotted list. BOSH calls this semi-semantic. */
export interface Version {
  readonly release: readonly Component[];
  readonly pre: readonly Component[] | undefined;
  readonly post: readonly Component[] | undefined;
}

type Component = bigint | string;

const identifiers = '[0-9A-Za-z_]+(?:\\.[0-9A-Za-z_]+)*';
const preIdentifiers = '[-0-9A-Za-z_]+(?:\\.[-0-9A-Za-z_]+)*';
const pattern = new RegExp(`^(${identifiers})(?:-(${preIdentifiers}))?(?:\\+(${preIdentifiers}))?$`);

export class VersionInvalid extends ExpectedError {
  constructor(text: string) {
    super(`'${text}' is not a version`, { hint: "A version looks like '1', '1.2', '1.2-rc.1' or '1.2+dev.3'." });
  }
}

export function parseVersion(text: string): Version {
  const match = pattern.exec(text.trim());
  if (match === null) throw new VersionInvalid(text);
  const [, release = '', pre, post] = match;
  return { release: components(release), pre: pre && components(pre), post: post && components(post) } as Version;
}

function components(text: string): readonly Component[] {
  return text.split('.').map((part) => (/^[0-9]+$/.test(part) ? BigInt(part) : part));
}

export function formatVersion({ release, pre, post }: Version): string {
  const text = release.join('.');
  return `${text}${pre === undefined ? '' : `-${pre.join('.')}`}${post === undefined ? '' : `+${post.join('.')}`}`;
}

/** Negative if `a` is older. A version without pre is newer than with one; one without post older. */
export function compareVersions(a: string, b: string): number {
  return compareParsedVersions(parseVersion(a), parseVersion(b));
}

export function compareParsedVersions(a: Version, b: Version): number {
  return (
    compareSegments(a.release, b.release) || compareOptional(a.pre, b.pre, 1) || compareOptional(a.post, b.post, -1)
  );
}

type Segment = readonly Component[] | undefined;

function compareOptional(a: Segment, b: Segment, whenOnlyBHas: number): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? whenOnlyBHas : -whenOnlyBHas;
  return compareSegments(a, b);
}

function compareSegments(a: readonly Component[], b: readonly Component[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const order = compareComponents(a[at] ?? 0n, b[at] ?? 0n);
    if (order !== 0) return order;
  }
  return 0;
}

function compareComponents(a: Component, b: Component): number {
  if (a === b) return 0;
  if (typeof a === typeof b) return a < b ? -1 : 1;
  return typeof a === 'bigint' ? -1 : 1;
}

/** Versions that can be parsed, oldest first, then the others in text order. */
export function sortVersions(versions: readonly string[]): string[] {
  const isVersion = (text: string): boolean => pattern.test(text);
  const odd = versions.filter((text) => !isVersion(text)).sort();
  return [...versions.filter(isVersion).sort(compareVersions), ...odd];
}

/** True for `latest`, `3.latest`, `1.2.latest`. */
export function isLatestPattern(text: string): boolean {
  return text === 'latest' || text.endsWith('.latest');
}

/** The version a manifest means: itself, or the newest that `latest`, `1.latest` or `1.2.latest` allows. */
export function resolveVersion(wanted: string, available: readonly string[]): string | undefined {
  if (!isLatestPattern(wanted)) return available.find((version) => version === wanted);
  const prefix = wanted === 'latest' ? [] : wanted.slice(0, -'.latest'.length).split('.');
  const matches = available.filter((version) => {
    const parts = version.split(/[-+]/)[0]?.split('.') ?? [];
    return prefix.every((part, at) => parts[at] === part);
  });
  return sortVersions(matches.filter((text) => pattern.test(text))).at(-1) ?? matches.at(-1);
}

/** The next final version: the last component of the release segment goes up by one. */
export function nextFinalVersion(version: string): string {
  return formatVersion({ release: increment(version, parseVersion(version).release), pre: undefined, post: undefined });
}

/** The next dev version: `1` → `1+dev.1`, `1+dev.1` → `1+dev.2`. */
export function nextDevVersion(version: string): string {
  const { release, pre, post } = parseVersion(version);
  const next = post === undefined ? (['dev', 1n] as const) : increment(version, post);
  return formatVersion({ release, pre, post: next });
}

function increment(version: string, parts: readonly Component[]): readonly Component[] {
  const last = parts.at(-1);
  if (typeof last !== 'bigint') {
    throw new ExpectedError(`Version '${version}' cannot be counted up: '${last}' is not a number`, {
      hint: 'Give the new version with --version.',
    });
  }
  return [...parts.slice(0, -1), last + 1n];
}

/** The last final version on which dev versions of `version` stand: `2.1+dev.4` → `2.1`. */
export function withoutPost(version: string): string {
  return formatVersion({ ...parseVersion(version), post: undefined });
}
