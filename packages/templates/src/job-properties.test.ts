import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidPropertyType, jobProperties } from './job-properties.ts';

test('only declared properties are passed on, with their manifest values', () => {
  const definitions = { port: {}, 'tls.cert': {}, 'tls.key': {} };

  const properties = jobProperties(definitions, { port: 0, tls: { cert: 'c', other: 1 }, undeclared: true });

  assert.deepEqual(properties, { port: 0, tls: { cert: 'c', key: null } });
});

test('an absent or null value gives way to the default, false does not', () => {
  const definitions = {
    a: { default: 1 },
    b: { default: 2 },
    'c.d': { default: { x: [1] } },
    e: { default: true },
    f: {},
  };

  const properties = jobProperties(definitions, { b: null, c: null, e: false });

  assert.deepEqual(properties, { a: 1, b: 2, c: { d: { x: [1] } }, e: false, f: null });
});

test('keys of maps are sorted, lists stay as they are', () => {
  const properties = jobProperties({ m: {} }, { m: { b: { d: 1, c: 2 }, a: ['z', 'y'] } });

  assert.equal(JSON.stringify(properties), '{"m":{"a":["z","y"],"b":{"c":2,"d":1}}}');
});

test('a value where a map is needed is named with its class', () => {
  const definitions = { 'a.b': {} };

  assert.throws(() => jobProperties(definitions, { a: 'text' }), new InvalidPropertyType('a.b', 'text'));
  assert.throws(() => jobProperties(definitions, { a: [1] }), /Property 'a.b' expects a hash, but received 'Array'/);
  assert.throws(() => jobProperties({ a: { default: 1 }, 'a.b': {} }, {}), InvalidPropertyType);
});

test('names that JavaScript objects inherit are ordinary names', () => {
  const properties = jobProperties({ constructor: { default: 1 }, '__proto__.x': { default: 2 } }, {});

  assert.deepEqual(Object.keys(properties).sort(), ['__proto__', 'constructor']);
});
