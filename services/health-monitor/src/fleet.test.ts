import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Heartbeat } from '@boti/agent-protocol';
import { type ExpectedInstance, Fleet } from './fleet.ts';
import { planResurrections } from './resurrection.ts';

const web = (id: string, agentId: string | undefined = `agent-${id}`): ExpectedInstance => ({
  deployment: 'shop',
  group: 'web',
  id,
  agentId,
  expectsVm: true,
});
const all = (...instances: readonly ExpectedInstance[]) => ({ instances, locked: new Set<string>() });
const beat = { job_state: 'running' } as Heartbeat;

test('an agent that is silent for longer than allowed is sick, until it is heard of again', () => {
  const fleet = new Fleet();
  fleet.expect(all(web('1')), 0);

  assert.deepEqual(fleet.sick(60_000, 60_000), []);
  assert.deepEqual(fleet.sick(60_001, 60_000), [{ agentId: 'agent-1', instance: web('1'), problem: 'timed out' }]);

  fleet.beat('agent-1', beat, 60_002);
  assert.deepEqual(fleet.sick(60_003, 60_000), []);
});

test('nobody is sick in a deployment that is being changed, and what was known of it stays', () => {
  const fleet = new Fleet();
  fleet.expect(all(web('1')), 0);
  fleet.expect({ instances: [web('1')], locked: new Set(['shop']) }, 50_000);

  assert.deepEqual(fleet.sick(60_001, 60_000), []);

  fleet.expect(all(web('1')), 60_002);
  assert.equal(fleet.sick(60_003, 60_000).length, 1);
});

test('an instance without a VM that should have one is sick', () => {
  const fleet = new Fleet();
  const instance = { ...web('1'), agentId: undefined };
  fleet.expect(all(instance), 0);

  assert.deepEqual(fleet.sick(0, 60_000), [{ agentId: undefined, instance, problem: 'no VM' }]);
});

test('an agent that the Director does not name any more is forgotten; one it never named is a rogue in time', () => {
  const fleet = new Fleet();
  fleet.expect(all(web('1')), 0);
  fleet.beat('stranger', beat, 0);
  fleet.expect(all(), 1);

  fleet.beat('stranger', beat, 120_000);

  assert.deepEqual([...fleet.agents.keys()], ['stranger']);
  assert.deepEqual(fleet.rogues(119_999, 120_000), []);
  assert.deepEqual(fleet.rogues(120_001, 120_000), ['stranger']);
});

test('sick instances are recreated by deployment and group, but not when too much is down at the same time', () => {
  const sick = ['1', '2', '3', '4', '5'].map((id) => ({
    agentId: `agent-${id}`,
    instance: web(id),
    problem: 'timed out' as const,
  }));
  const limits = { minimumDownJobs: 5, percentThreshold: 0.2 };

  const [few] = planResurrections(sick.slice(0, 2), new Map([['shop', 3]]), limits);
  const [many] = planResurrections(sick, new Map([['shop', 25]]), limits);
  const [part] = planResurrections(sick, new Map([['shop', 26]]), limits);

  assert.deepEqual(few, { deployment: 'shop', isMeltdown: false, jobs: { web: ['1', '2'] } });
  assert.equal(many?.isMeltdown, true);
  assert.equal(part?.isMeltdown, false);
});
