import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Authorizer, directorRights } from './rights.ts';
import type { User } from './user.ts';

const authorizer = new Authorizer('u-1');
const user = (...scopes: string[]): User => ({ name: 'someone', scopes });

test('an admin, of all Directors or of this one, may do everything', () => {
  for (const scope of ['bosh.admin', 'bosh.u-1.admin']) {
    assert.ok(directorRights.every((right) => authorizer.isAllowed(user(scope), right)));
    assert.ok(authorizer.isAllowedOn(user(scope), 'admin', { teams: [] }));
  }
  assert.ok(directorRights.every((right) => !authorizer.isAllowed(user('bosh.u-2.admin'), right)));
});

test('a reader reads and lists, no more', () => {
  const allowed = directorRights.filter((right) => authorizer.isAllowed(user('bosh.read'), right));

  assert.deepEqual(allowed, [
    'read',
    'list_configs',
    'read_events',
    'read_link',
    'list_deployments',
    'read_releases',
    'read_stemcells',
    'list_tasks',
  ]);
});

test("a team's reader may look at its deployments but not list all", () => {
  const reader = user('bosh.teams.dev.read');

  assert.ok(!authorizer.isAllowed(reader, 'list_deployments'));
  assert.ok(authorizer.isAllowedOn(reader, 'read', { teams: ['dev', 'ops'] }));
  assert.ok(!authorizer.isAllowedOn(reader, 'admin', { teams: ['dev'] }));
  assert.ok(!authorizer.isAllowedOn(reader, 'read', { teams: ['ops'] }));
});

test("a team's admin deploys what is the team's", () => {
  const admin = user('bosh.teams.dev.admin');

  assert.ok(authorizer.isAllowed(admin, 'create_deployment'));
  assert.ok(authorizer.isAllowedOn(admin, 'admin', { teams: ['dev'] }));
  assert.ok(!authorizer.isAllowedOn(admin, 'admin', { teams: [] }));
  assert.ok(!authorizer.isAllowed(admin, 'read'));
});

test('scopes that are needed together are refused one by one and shown in parentheses', () => {
  assert.ok(!authorizer.isAllowed(user('bosh.dynamic-disks.create'), 'provide_dynamic_disks'));
  assert.ok(
    authorizer.isAllowed(user('bosh.dynamic-disks.create', 'bosh.dynamic-disks.attach'), 'provide_dynamic_disks'),
  );
  assert.throws(
    () => authorizer.requireDirector(user(), 'provide_dynamic_disks'),
    /Require one of the scopes: bosh\.admin, bosh\.u-1\.admin, \(bosh\.dynamic-disks\.create, bosh\.dynamic-disks\.attach\)/,
  );
});
