import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProperty } from '@boti/testkit';
import fc from 'fast-check';
import { AddressBook, formatAddress, parseAddress } from './address-book.ts';
import { formatIp, netmaskOf, parseIp } from './ip-address.ts';
import { parseCidr, parseRange } from './ip-range.ts';
import type { ManualSubnet } from './network-spec.ts';

test('an address survives parsing and formatting', () => {
  checkProperty(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const ip = parseIp(text);
      assert.ok(ip !== null);
      assert.deepEqual(parseIp(formatIp(ip)), ip);
    }),
  );
});

test('what is no address is none', () => {
  assert.deepEqual(['', '10.1', '0x7f.1.1.1', '1.2.3.4.5', '300.1.1.1', 'web', '10.0.0.1/24'].map(parseIp), [
    null,
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});

test('netmasks of prefix lengths', () => {
  assert.deepEqual(
    [netmaskOf(24, 32), netmaskOf(30, 32), netmaskOf(0, 32), netmaskOf(64, 128)],
    ['255.255.255.0', '255.255.255.252', '0.0.0.0', 'ffff:ffff:ffff:ffff::'],
  );
});

test('every address is handed out once, lowest first, and nothing that is held back', () => {
  checkProperty(
    fc.property(someSubnet(), fc.array(fc.nat({ max: 63 })), (subnet, others) => {
      const taken = others.map((host) => `10.0.0.${host}`);
      const book = new AddressBook(taken.map((address) => ({ ...foreign, address })));
      const given: string[] = [];
      for (let range = book.lowestFree(subnet); range !== null; range = book.lowestFree(subnet)) {
        book.claim(range, `instance-${given.length}`);
        given.push(formatAddress(range));
      }

      const held = [...subnet.restricted, ...subnet.static].flatMap(({ first, last }) => hosts(first, last));
      const expected = hosts(subnet.range.first, subnet.range.last).filter(
        (address) => !held.includes(address) && !taken.includes(address),
      );
      assert.deepEqual(given, expected);
    }),
  );
});

test('with a prefix whole aligned blocks are handed out', () => {
  const subnet = { ...aSubnet(['10.0.0.0', '10.0.0.63']), prefix: 28 };
  const book = new AddressBook([{ ...foreign, address: '10.0.0.20' }]);

  const first = book.lowestFree(subnet);

  assert.ok(first !== null);
  assert.equal(formatAddress(first), '10.0.0.32/28');
  assert.deepEqual(parseAddress('10.0.0.32/28')?.last, first.last);
});

const foreign = { network: 'other', static: false, deployment: 'other', instanceUuid: null };

function someSubnet(): fc.Arbitrary<ManualSubnet> {
  const range = fc.tuple(fc.nat({ max: 63 }), fc.nat({ max: 8 })).map(([first, size]) => {
    return parseRange(`10.0.0.${first}-10.0.0.${Math.min(63, first + size)}`);
  });
  return fc
    .record({ reserved: fc.array(range, { maxLength: 3 }), pool: fc.array(range, { maxLength: 2 }) })
    .map(({ reserved, pool }) => ({ ...aSubnet(['10.0.0.0', '10.0.0.63']), restricted: [...reserved], static: pool }));
}

function aSubnet(restricted: readonly string[]): ManualSubnet {
  const range = parseCidr('10.0.0.0/26');
  assert.ok(range !== null);
  return {
    range,
    gateway: null,
    netmask: '255.255.255.192',
    dns: [],
    azs: null,
    restricted: restricted.map(parseRange),
    static: [],
    cloudProperties: {},
    prefix: null,
  };
}

function hosts(first: bigint, last: bigint): readonly string[] {
  return Array.from({ length: Number(last - first) + 1 }, (_, step) =>
    formatIp({ bits: 32, value: first + BigInt(step) }),
  );
}
