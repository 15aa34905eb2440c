export const redacted = '<redacted>';
const secretKey = /pass(word|phrase|wd)?$|secret|token|credential|private_?key|api_?key|access_?key/i;
/** `nats://user:password@host` */
const userInfo = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)([^\s@/]+)@/gi;

/** The texts below keys that name secrets, and the passwords in URLs. */
export function secretsIn(value: unknown): readonly string[] {
  return [...new Set(collect(value, false))].filter((text) => text.length >= 4).sort((a, b) => b.length - a.length);
}

function collect(value: unknown, isSecret: boolean): readonly string[] {
  if (typeof value === 'string')
    return isSecret ? [value] : [...value.matchAll(userInfo)].map(([, , word = '']) => word);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => collect(inner, isSecret || secretKey.test(key)));
}

/** The value without these texts, wherever they stand, and without passwords in URLs. */
export function scrub<T>(value: T, secrets: readonly string[]): T {
  if (typeof value === 'string') return scrubText(value, secrets) as T;
  if (Array.isArray(value)) return value.map((one) => scrub(one, secrets)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, scrub(inner, secrets)])) as T;
}

function scrubText(text: string, secrets: readonly string[]): string {
  const clean = text.replaceAll(userInfo, `$1${redacted}@`);
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, redacted), clean);
}
