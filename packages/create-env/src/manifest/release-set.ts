import type { EnvironmentManifest } from './environment-manifest.ts';
import { refuse } from './parse-manifest.ts';

const knownUrl = /^(file|https?):\/\//;

/** Checks the releases that the manifest names. */
export function checkReleaseSet({ releases }: EnvironmentManifest, path: string): void {
  const problems = releases.length === 0 ? ['releases must name at least one release'] : [];
  const seen = new Set<string>();
  for (const [index, release] of releases.entries()) {
    const at = `releases[${index}]`;
    if (release.name.trim() === '') problems.push(`${at}.name is missing`);
    if (seen.has(release.name)) problems.push(`${at}.name '${release.name}' is given twice; names must be unique`);
    seen.add(release.name);
    problems.push(...artifactProblems(at, release));
  }
  refuse(`Releases in manifest '${path}'`, problems);
}

/** What is wrong with a URL and its digest. */
export function artifactProblems(at: string, { url, sha1 }: { readonly url: string; readonly sha1: string }): string[] {
  if (!knownUrl.test(url)) return [`${at}.url '${url}' must begin with file://, http:// or https://`];
  return url.startsWith('http') && sha1.trim() === ''
    ? [`${at}.sha1 is missing: what comes over HTTP must have one`]
    : [];
}
