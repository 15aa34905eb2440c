import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redactSecrets, secretsOfCall } from './redact-secrets.ts';

const call = {
  method: 'create_vm',
  arguments: [
    'a',
    's',
    {},
    {},
    [],
    { bosh: { group: 'public-group', password: 'crypt-hash', mbus: { cert: { private_key: 'line 1\nline 2' } } } },
  ],
  context: {
    director_uuid: 'director-uuid',
    region: 'region-name',
    api_key: 'context-secret',
    endpoint: 'https://u:url-password@host',
  },
};
const file = {
  properties: { user: { password: 'file-secret' }, zone: 'zone-name' },
  agent: { mbus: 'nats://nats:bus-password@10.0.0.1' },
};
const secrets = secretsOfCall(call, file);

test('secrets of the call and of the configuration are struck out, however they are quoted', () => {
  const text = `crypt-hash ${JSON.stringify(call.arguments[5])} context-secret url-password file-secret bus-password`;

  const clean = redactSecrets(text, secrets);

  assert.doesNotMatch(clean, /crypt-hash|line 1|line 2|context-secret|url-password|file-secret|bus-password/);
  assert.match(clean, /public-group/);
});

test('names that are no secrets stay', () => {
  const text = 'director-uuid region-name zone-name public-group https://u:';

  assert.equal(redactSecrets(text, secrets), text);
});

test('the environment of other methods is no environment', () => {
  assert.deepEqual(secretsOfCall({ ...call, method: 'has_vm', context: {} }, { properties: {}, agent: {} }), []);
});
