import { createHash } from 'node:crypto';

export const saltAlphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const rounds = 5000;
const third = 21;

/** The `$6$` hash of crypt(3), as its specification by Ulrich Drepper has it. The salt has at most 16 characters. */
export function sha512Crypt(password: string, salt: string): string {
  const [word, grain] = [Buffer.from(password), Buffer.from(salt)];
  const p = stretched(sha512(...Array<Buffer>(word.length).fill(word)), word.length);
  let digest = firstDigest(word, grain);
  const s = stretched(sha512(...Array<Buffer>(16 + (digest[0] ?? 0)).fill(grain)), grain.length);
  for (let round = 0; round < rounds; round += 1) {
    const isOdd = round % 2 === 1;
    const parts = [isOdd ? p : digest, ...(round % 3 === 0 ? [] : [s]), ...(round % 7 === 0 ? [] : [p])];
    digest = sha512(...parts, isOdd ? digest : p);
  }
  return `$6$${salt}$${encoded(digest)}`;
}

function firstDigest(word: Buffer, grain: Buffer): Buffer {
  const other = sha512(word, grain, word);
  const parts = [word, grain, stretched(other, word.length)];
  for (let bits = word.length; bits > 0; bits >>= 1) parts.push(bits % 2 === 1 ? other : word);
  return sha512(...parts);
}

function sha512(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function stretched(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

/** Three bytes become four characters, the lowest bits first; which three is the specification's. */
function encoded(digest: Buffer): string {
  const byte = (index: number): number => digest[index] ?? 0;
  let [a, b, c] = [0, third, 2 * third];
  let result = '';
  for (let group = 0; group < third; group += 1) {
    result += characters((byte(a) << 16) | (byte(b) << 8) | byte(c), 4);
    [a, b, c] = [b + 1, c + 1, a + 1];
  }
  return result + characters(byte(3 * third), 2);
}

function characters(bits: number, count: number): string {
  return Array.from({ length: count }, (_, at) => saltAlphabet[(bits >> (6 * at)) & 63]).join('');
}
