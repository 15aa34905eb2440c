import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from '../yaml/load-yaml.ts';
import { type DiffLine, diffManifests } from './diff-manifests.ts';

function diff(before: string, after: string, redact = true): readonly DiffLine[] {
  return diffManifests(parseYaml(before).value, parseYaml(after).value, { redact });
}

test('a value that changes within named items shows only the way to it', () => {
  const before = 'instance_groups:\n- name: web\n  jobs:\n  - name: client\n    properties: {client: {retries: 4}}\n';

  const lines = diff(before, before.replace('4', '9'));

  assert.deepEqual(lines, [
    ['instance_groups:', null],
    ['- name: web', null],
    ['  jobs:', null],
    ['  - name: client', null],
    ['    properties:', null],
    ['      client:', null],
    ['        retries: "<redacted>"', 'removed'],
    ['        retries: "<redacted>"', 'added'],
  ]);
});

test('new sections come in reading order with empty lines between', () => {
  const after =
    'tags: {owner: wire}\naddons:\n- name: motd\n  properties: {motd: hi}\nreleases:\n- {name: golden, version: "1"}\nname: x\n';

  const lines = diff('{}', after);

  assert.deepEqual(lines, [
    ['releases:', 'added'],
    ['- name: golden', 'added'],
    ["  version: '1'", 'added'],
    ['', null],
    ['addons:', 'added'],
    ['- name: motd', 'added'],
    ['  properties:', 'added'],
    ['    motd: "<redacted>"', 'added'],
    ['', null],
    ['tags:', 'added'],
    ['  owner: wire', 'added'],
    ['', null],
    ['name: x', 'added'],
  ]);
});

test('items without a name in common are added and removed whole', () => {
  assert.deepEqual(diff('azs: [z1, z2]', 'azs: [z1, z3]'), [
    ['azs:', null],
    ['- z3', 'added'],
    ['- z2', 'removed'],
  ]);
});

test('subnets are told apart by their range', () => {
  const before = 'networks:\n- name: a\n  subnets:\n  - {range: 10.0.0.0/24, gateway: 10.0.0.1}\n';

  const lines = diff(before, before.replace('10.0.0.1', '10.0.0.254'));

  assert.deepEqual(lines, [
    ['networks:', null],
    ['- name: a', null],
    ['  subnets:', null],
    ['  - range: 10.0.0.0/24', null],
    ['    gateway: 10.0.0.1', 'removed'],
    ['    gateway: 10.0.0.254', 'added'],
  ]);
});

test('equal manifests have no diff, whatever the order of their keys', () => {
  assert.deepEqual(diff('a: 1\nb: {c: 2, d: 3}', 'b: {d: 3, c: 2}\na: 1'), []);
});

test('without redaction values are shown', () => {
  assert.deepEqual(diff('properties: {a: 1}', 'properties: {a: ((b))}', false), [
    ['properties:', null],
    ['  a: 1', 'removed'],
    ['  a: "((b))"', 'added'],
  ]);
});

test('credentials in release URLs are hidden', () => {
  assert.deepEqual(diff('{}', 'releases: [{name: r, url: "https://me:secret@host/r.tgz"}]'), [
    ['releases:', 'added'],
    ['- name: r', 'added'],
    ['  url: https://<redacted>:<redacted>@host/r.tgz', 'added'],
  ]);
});
