import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorizationFile } from './nats-authorization.ts';

test('an agent may use its own subjects only', () => {
  const subjects = { directorSubject: 'CN=director', healthMonitorSubject: 'CN=hm' };

  const { authorization } = JSON.parse(authorizationFile(subjects, ['a1']));

  assert.deepEqual(authorization.users.at(-1), {
    user: 'C=USA, O=Cloud Foundry, CN=a1.agent.bosh-internal',
    permissions: {
      publish: ['hm.agent.heartbeat.a1', 'hm.agent.alert.a1', 'hm.agent.shutdown.a1', 'director.*.a1.*'],
      subscribe: ['agent.a1'],
    },
  });
});
