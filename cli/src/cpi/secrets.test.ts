import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scrub, secretsIn } from './secrets.ts';

const request = {
  arguments: [
    'agent-1',
    { cpu: 2, api_key: 'k-e-y-1' },
    { bosh: { password: 'hash$6', mbus: { cert: { private_key: 'PEM-1' } } } },
  ],
  context: { url: 'https://cloud.test', token: { id: 'tok-1', more: ['tok-2'] }, mbus: 'nats://me:s3cret@host:4222' },
};

test('what stands under a telling key, and passwords in URLs, are secrets', () => {
  assert.deepEqual([...secretsIn(request)].sort(), ['PEM-1', 'hash$6', 'k-e-y-1', 's3cret', 'tok-1', 'tok-2']);
});

test('secrets are taken out wherever they stand, everything else stays', () => {
  const scrubbed = scrub({ request, log: 'connecting with k-e-y-1 to nats://you:other@host' }, secretsIn(request));

  assert.deepEqual(scrubbed, {
    request: {
      arguments: [
        'agent-1',
        { cpu: 2, api_key: '<redacted>' },
        { bosh: { password: '<redacted>', mbus: { cert: { private_key: '<redacted>' } } } },
      ],
      context: {
        url: 'https://cloud.test',
        token: { id: '<redacted>', more: ['<redacted>'] },
        mbus: 'nats://me:<redacted>@host:4222',
      },
    },
    log: 'connecting with <redacted> to nats://you:<redacted>@host',
  });
});
