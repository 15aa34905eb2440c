import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProperty } from '@boti/testkit';
import fc from 'fast-check';
import { numberInstances } from './number-instances.ts';
import { type PlacedInstance, placeInstances } from './place-instances.ts';

const azNames = ['z1', 'z2', 'z3'];

const someInstances = fc.uniqueArray(fc.nat({ max: 20 }), { maxLength: 8 }).chain((indexes) =>
  fc.tuple(
    ...indexes.map((index) =>
      fc.record({
        uuid: fc.constant(`uuid-${index}`),
        index: fc.constant(index),
        az: fc.constantFrom(...azNames, 'z9'),
        bootstrap: fc.boolean(),
        ignore: fc.constant(false),
        hasPersistentDisk: fc.boolean(),
      }),
    ),
  ),
);

const someRequest = fc.record({
  count: fc.nat({ max: 10 }),
  azs: fc.uniqueArray(fc.constantFrom(...azNames), { minLength: 1 }),
  existing: someInstances as fc.Arbitrary<PlacedInstance[]>,
});

test('places as many as wanted, nobody twice, and nobody is lost', () => {
  checkProperty(
    fc.property(someRequest, (request) => {
      const { wanted, obsolete } = placeInstances(request);

      const kept = wanted.flatMap(({ existing }) => existing?.uuid ?? []);
      assert.equal(wanted.length, request.count);
      assert.deepEqual(
        [...kept, ...obsolete.map(({ uuid }) => uuid)].toSorted(),
        request.existing.map(({ uuid }) => uuid).toSorted(),
      );
    }),
  );
});

test('nobody moves to another AZ, and only wanted AZs are used', () => {
  checkProperty(
    fc.property(someRequest, (request) => {
      for (const { az, existing } of placeInstances(request).wanted) {
        assert.ok(request.azs.includes(az ?? ''));
        assert.ok(existing === null || existing.az === az);
      }
    }),
  );
});

test('AZs are even when nothing holds an instance back', () => {
  const stateless = someRequest.map((request) => ({
    ...request,
    existing: request.existing.map((instance) => ({ ...instance, hasPersistentDisk: false })),
  }));
  checkProperty(
    fc.property(stateless, (request) => {
      const { wanted } = placeInstances(request);

      const counts = request.azs.map((az) => wanted.filter((place) => place.az === az).length);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
    }),
  );
});

test('an instance with a disk goes only when more are there than wanted, or its AZ is gone', () => {
  checkProperty(
    fc.property(someRequest, (request) => {
      const { obsolete, wanted } = placeInstances(request);

      const lost = obsolete.filter(({ hasPersistentDisk, az }) => hasPersistentDisk && request.azs.includes(az ?? ''));
      assert.ok(lost.length === 0 || wanted.every(({ existing }) => existing?.hasPersistentDisk === true));
    }),
  );
});

test('placing the outcome again changes nothing', () => {
  checkProperty(
    fc.property(someRequest, (request) => {
      const first = numberInstances(placeInstances(request).wanted, request.existing);
      const existing = first.map(({ az, index, bootstrap, existing: was }) => ({
        uuid: was?.uuid ?? `new-${index}`,
        index,
        az,
        bootstrap,
        ignore: false,
        hasPersistentDisk: was?.hasPersistentDisk ?? false,
      }));

      const second = placeInstances({ ...request, existing });

      assert.deepEqual(second.obsolete, []);
    }),
  );
});

test('indexes are unique, kept by who has one, else the lowest free; one instance is bootstrap', () => {
  checkProperty(
    fc.property(someRequest, (request) => {
      const numbered = numberInstances(placeInstances(request).wanted, request.existing);

      const indexes = numbered.map(({ index }) => index);
      const held = new Set(request.existing.map(({ index }) => index));
      const free = Array.from({ length: 40 }, (_, index) => index).filter((index) => !held.has(index));
      const fresh = numbered.filter(({ existing }) => existing === null).map(({ index }) => index);
      assert.equal(new Set(indexes).size, indexes.length);
      assert.ok(numbered.every(({ existing, index }) => existing === null || existing.index === index));
      assert.deepEqual(fresh, free.slice(0, fresh.length));
      assert.equal(numbered.filter(({ bootstrap }) => bootstrap).length, Math.min(1, numbered.length));
    }),
  );
});

test('ignored instances stay even where they are too many for their AZ', () => {
  const at = (index: number, az: string, ignore: boolean) => ({
    uuid: `uuid-${index}`,
    index,
    az,
    bootstrap: false,
    ignore,
    hasPersistentDisk: false,
  });

  const { wanted, obsolete } = placeInstances({
    count: 2,
    azs: ['z1', 'z2'],
    existing: [at(0, 'z1', false), at(1, 'z1', true), at(2, 'z1', true)],
  });

  assert.deepEqual(
    wanted.map(({ existing }) => existing?.index),
    [1, 2],
  );
  assert.deepEqual(
    obsolete.map(({ index }) => index),
    [0],
  );
});

test('a draw between AZs may be left to chance', () => {
  const { wanted } = placeInstances({ count: 1, azs: ['z1', 'z2'], existing: [], pickAz: (azs) => azs.at(-1) ?? null });

  assert.equal(wanted[0]?.az, 'z2');
});
