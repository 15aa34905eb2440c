import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateUser } from './generate-user.ts';
import { sha512Crypt } from './sha512-crypt.ts';

// Made with `openssl passwd -6`.
const known = [
  [
    'ec79ae1e9c5c7e',
    'e1ad8420b470c282',
    '$6$e1ad8420b470c282$r0hUPQ1m00bm8mbA1fzxFd4KyY98jw9qq.bzXaynfKwzeREe6MOdpQOoB/GQw0R8XikipjAU2lePzb1ypoErz1',
  ],
  [
    '5e15fe78dcf278b7a978043c47e2',
    '04773dd21cf503d2',
    '$6$04773dd21cf503d2$cAmo8sR0HZGqTyjiwPostEHnjdaL2Ps7Pqx4uoMX5ht.QSa7Jl7PkztOKLlqNK5s3pMuWZ/nGwKKIEzqDkLTA/',
  ],
  [
    '609bcb26f8de43b68a15e4ddf27d70d5fe2649de0c',
    '5fad2c8314422cb6',
    '$6$5fad2c8314422cb6$rDIwHlAVrVj13mw2TNhNgvbJe8tAo6rczHUKaebE0brOW325RaSl1gR5KeyKuyY.t7zfQReaJqF.A3X3SfXwj.',
  ],
] as const;

test('a password is hashed as crypt(3) does', () => {
  for (const [password, salt, hash] of known) assert.equal(sha512Crypt(password, salt), hash);
});

test('a user has the name that is given, or one of its own, a password and its hash', () => {
  const named = generateUser(
    new Map<string, string | number>([
      ['username', 'admin'],
      ['length', 12],
    ]),
  );
  const other = generateUser(null);

  assert.deepEqual([...named.keys()], ['username', 'password', 'password_hash']);
  assert.equal(named.get('username'), 'admin');
  assert.match(String(named.get('password')), /^[a-z0-9]{12}$/);
  const [, , salt = ''] = String(named.get('password_hash')).split('$');
  assert.equal(named.get('password_hash'), sha512Crypt(String(named.get('password')), salt));
  assert.match(String(other.get('username')), /^[a-z]{20}$/);
  assert.match(String(other.get('password')), /^[a-z0-9]{30}$/);
});

test('an unknown option is refused', () => {
  assert.throws(
    () => generateUser(new Map([['usrname', 'x']])),
    /unsupported parameter 'usrname'; did you mean 'username'/,
  );
});
