import { createHash, timingSafeEqual } from 'node:crypto';
import type { RegistryConfig } from './config.ts';

export function isUser(users: RegistryConfig['users'], authorization: string): boolean {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization) ?? [];
  const given = Buffer.from(encoded, 'base64').toString('utf8');
  return users.some(({ user, password }) => isSame(`${user}:${password}`, given));
}

/** Whether a VM asks for its own settings: by its address, which stands in them. Local callers may ask for any. */
export function isOwnAddress(settings: string, remoteAddress: string): boolean {
  const address = remoteAddress.replace(/^::ffff:/, '');
  if (address === '127.0.0.1') return true;
  const { networks = {} } = JSON.parse(settings) as { readonly networks?: Record<string, { readonly ip?: string }> };
  return Object.values(networks).some(({ ip }) => ip === address);
}

/** Takes as long for a near miss as for a far one. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
