import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redactRequest, redactResult } from './redact.ts';

test('create_vm keeps the names of everything and the values of nothing secret', () => {
  const request = {
    method: 'create_vm',
    arguments: [
      'agent',
      'stemcell',
      { type: 'c4', nested: { key: 1 } },
      { lan: { type: 'manual', ip: '10.0.0.2', cloud_properties: { name: 'secret' } } },
      ['disk'],
      { bosh: { group: 'g', groups: ['g'], tags: { a: 'b' }, password: 'p', mbus: { cert: { ca: 'x' } } }, own: 'x' },
    ],
    context: { director_uuid: 'd', request_id: 'cpi-1', api_key: 'k', vm: { stemcell: { api_version: 3 } } },
  };

  assert.deepEqual(redactRequest(request), {
    method: 'create_vm',
    arguments: [
      'agent',
      'stemcell',
      { type: '<redacted>', nested: { key: '<redacted>' } },
      { lan: { type: 'manual', ip: '10.0.0.2', cloud_properties: { name: '<redacted>' } } },
      ['disk'],
      {
        bosh: {
          group: 'g',
          groups: ['g'],
          tags: { a: 'b' },
          password: '<redacted>',
          mbus: { cert: { ca: '<redacted>' } },
        },
        own: '<redacted>',
      },
    ],
    context: { director_uuid: 'd', request_id: 'cpi-1', api_key: '<redacted>', vm: { stemcell: { api_version: 3 } } },
  });
});

test('a method without secrets is left as it is', () => {
  const request = { method: 'attach_disk', arguments: ['vm', 'disk'] };

  assert.deepEqual(redactRequest(request), request);
});

test('the networks that create_vm answers lose their cloud properties', () => {
  const result = ['vm', { lan: { ip: '10.0.0.2', cloud_properties: { name: 'x' } } }];

  assert.deepEqual(redactResult('create_vm', result), [
    'vm',
    { lan: { ip: '10.0.0.2', cloud_properties: { name: '<redacted>' } } },
  ]);
});
