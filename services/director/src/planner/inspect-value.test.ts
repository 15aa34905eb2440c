import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectValue } from './inspect-value.ts';

test('an object is printed as upstream prints it', () => {
  assert.equal(
    inspectValue({ name: 'web', azs: ['z1'], instances: null }),
    '{"name"=>"web", "azs"=>["z1"], "instances"=>nil}',
  );
});

test('values of properties are not printed', () => {
  const text = inspectValue({ jobs: [{ name: 'db', properties: { password: 'secret', ports: [1] } }] });

  assert.equal(text, '{"jobs"=>[{"name"=>"db", "properties"=>{"password"=>"<redacted>", "ports"=>["<redacted>"]}}]}');
});
