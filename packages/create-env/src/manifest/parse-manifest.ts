import { createHash } from 'node:crypto';
import { ExpectedError } from '@boti/core';
import { parseYaml, toPlain } from '@boti/manifest';
import { type EnvironmentManifest, environmentManifestSchema } from './environment-manifest.ts';

/** The manifest with operations and variables applied. */
export interface ManifestText {
  /** Path of the file: relative URLs count from its folder. */
  readonly path: string;
  readonly text: string;
}

/** SHA-512 of the interpolated text: what tells whether the manifest has changed since the last deploy. */
export function manifestDigest({ text }: ManifestText): string {
  return createHash('sha512').update(text).digest('hex');
}

export function parseManifest({ path, text }: ManifestText): EnvironmentManifest {
  const value = toPlain(parseYaml(text, { file: path }).value) ?? {};
  const parsed = environmentManifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `- ${issue.path.join('.') || '(top)'}: ${issue.message}`);
  throw new ExpectedError(`Manifest '${path}' cannot be read:\n${problems.join('\n')}`);
}

/** Throws one error that lists all problems. */
export function refuse(what: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new ExpectedError(`${what}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, {
    hint: 'Correct the manifest, its ops files or its variables.',
  });
}
