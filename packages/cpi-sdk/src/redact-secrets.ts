import type { RawConfig } from './config.ts';
import { openContext, openEnv } from './redact.ts';

/** Shorter texts are no secrets, and would blacken harmless words. */
const minSecretLength = 8;
const secretName = /pass|secret|token|credential|private|api_?key|access_?key|signature|cert/i;

/**
 * The secrets that a call is given: texts of create_vm's environment but `bosh.group`, `groups` and `tags`; values of the
 * configuration and the context whose names speak of passwords, keys, tokens or certificates; passwords in URLs.
 */
export function secretsOfCall(
  request: { readonly method: string; readonly arguments: readonly unknown[]; readonly context: object },
  file: RawConfig,
): readonly string[] {
  const env = request.method === 'create_vm' ? request.arguments[5] : undefined;
  const context = Object.entries(request.context).filter(([key]) => !openContext.includes(key));
  const found = new Set([
    ...textsIn(withoutOpenParts(env), true),
    ...textsIn(Object.fromEntries(context), false),
    ...textsIn(file, false),
  ]);
  return [...found].toSorted((a, b) => b.length - a.length);
}

/** The text with `<redacted>` in place of each secret, also where a secret is quoted as JSON. */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return forms.reduce((rest, form) => rest.replaceAll(form, '<redacted>'), text);
}

function withoutOpenParts(env: unknown): unknown {
  if (typeof env !== 'object' || env === null || !('bosh' in env)) return env;
  const bosh = Object.entries(env.bosh ?? {}).filter(([key]) => !openEnv.includes(key));
  return { ...env, bosh: Object.fromEntries(bosh) };
}

/** Texts within a value: all of them, or those under names of secrets and the passwords of URLs. */
function textsIn(value: unknown, isSecret: boolean): readonly string[] {
  if (typeof value === 'string') {
    const secrets = isSecret ? [value] : [passwordIn(value)];
    return secrets.filter((secret) => secret.length >= minSecretLength);
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => textsIn(part, isSecret || secretName.test(key)));
}

function passwordIn(text: string): string {
  return /:\/\/[^/@:]*:([^/@]+)@/.exec(text)?.[1] ?? '';
}
