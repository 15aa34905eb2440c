import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { OrderedMap, type YamlValue } from '../../yaml/yaml-value.ts';
import { generatePassword } from './generate-password.ts';
import { parseOptions } from './parse-options.ts';
import { saltAlphabet, sha512Crypt } from './sha512-crypt.ts';

const schema = z.strictObject({
  username: z.string().nullish(),
  /** Of the password. */
  length: z.int().min(0, 'cannot be negative').nullish(),
});
const nameLength = 20;
const passwordLength = 30;
const saltLength = 16;

/** A user as CredHub makes them: name, password, and the hash that `/etc/shadow` takes. Upstream's CLI knows none. */
export function generateUser(rawOptions: YamlValue): OrderedMap {
  const { username, length } = parseOptions(schema, rawOptions);
  const password = generatePassword(new Map([['length', length || passwordLength]]));
  return new OrderedMap([
    ['username', username || text('abcdefghijklmnopqrstuvwxyz', nameLength)],
    ['password', password],
    ['password_hash', sha512Crypt(password, text(saltAlphabet, saltLength))],
  ]);
}

function text(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
