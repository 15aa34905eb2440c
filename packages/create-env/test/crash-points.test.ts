import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isThere } from '@boti/core';
import { type BriefState, readBriefState } from './recorded.ts';
import { aManifest, openScene } from './scene.ts';
import { tinyCloud, tinyCloudRelease } from './tiny-cloud.ts';

/**
 * Kills create-env and delete-env with SIGKILL before and after CPI calls and at agent calls, and looks at what the next
 * run makes of it. Takes a sample; all of them with BOTI_CRASH_ALL=1, another sample with BOTI_CRASH_SEED=n.
 */
const scene = await openScene({ cpi: tinyCloudRelease });
after(() => scene[Symbol.asyncDispose]());
const cloud = tinyCloud(scene.cpi.dir);
const manifests = { small: aManifest(scene), big: aManifest(scene).replace('disk_size: 1024', 'disk_size: 2048') };
const places = { bosh: join(scene.dir, '.bosh'), compiledPackages: join(scene.dir, 'cache') };

interface Life {
  readonly name: string;
  /** What is there before. */
  readonly before: 'nothing' | 'small';
  readonly args: readonly ['create-env' | 'delete-env', ...string[]];
  readonly manifest: keyof typeof manifests;
}

const lives: readonly Life[] = [
  { name: 'the first create', before: 'nothing', args: ['create-env'], manifest: 'small' },
  { name: 'a bigger disk', before: 'small', args: ['create-env'], manifest: 'big' },
  { name: 'delete', before: 'small', args: ['delete-env'], manifest: 'small' },
];

/** `cpi`: number of the call; `agent`: number of the request. */
type Point = { readonly cpi: number; readonly when: 'before' | 'after' } | { readonly agent: number };

for (const life of lives) {
  test(`${life.name}, killed anywhere, is finished by the next run with nothing left over`, async () => {
    const points = sample(await pointsOf(life));
    for (const point of points) {
      const where = `${life.name} killed at ${JSON.stringify(point)}`;
      await prepare(life);
      await runKilled(life, point);
      await run(life);
      await check(life, where);
    }
    assert.ok(points.length > 0);
  });
}

async function pointsOf(life: Life): Promise<readonly Point[]> {
  await prepare(life);
  scene.agent.script({});
  await run(life);
  const cpi = Array.from({ length: await cloud.calls() }, (_, call) => call);
  const agent = Array.from({ length: scene.agent.calls.length }, (_, request) => request);
  return [
    ...cpi.flatMap((call): Point[] => [
      { cpi: call, when: 'before' },
      { cpi: call, when: 'after' },
    ]),
    ...agent.map((request): Point => ({ agent: request })),
  ];
}

const sampleSize = 4;

function sample(points: readonly Point[]): readonly Point[] {
  if (process.env.BOTI_CRASH_ALL === '1') return points;
  const random = seeded(Number(process.env.BOTI_CRASH_SEED ?? 1));
  return Array.from({ length: sampleSize }, () => points[Math.floor(random() * points.length)] as Point);
}

function seeded(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

async function prepare({ before }: Life): Promise<void> {
  await cloud.reset();
  await cloud.killAt();
  await rm(scene.statePath, { force: true });
  scene.agent.script({});
  if (before === 'small') await scene.run({ args: ['create-env'], manifest: manifests.small, options: { places } });
  await cloud.killAt();
  scene.agent.script({});
}

async function runKilled({ args, manifest }: Life, point: Point): Promise<void> {
  const path = join(scene.dir, 'm.yml');
  await writeFile(path, manifests[manifest]);
  if ('cpi' in point) await cloud.killAt(point.cpi, point.when);
  const order = { command: args[0], recreate: false, manifest: path, statePath: scene.statePath, places };
  const program = join(import.meta.dirname, 'environment-process.ts');
  const child = spawn(process.execPath, [program, JSON.stringify(order)], { stdio: 'ignore' });
  if ('agent' in point) killAtRequest(child, point.agent);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL', `it ended by itself (${code}) before ${JSON.stringify(point)}`);
  await cloud.killAt();
  scene.agent.script({});
}

/** The request is never answered: its asker is gone by then. */
function killAtRequest(child: ChildProcess, request: number): void {
  scene.agent.script({
    onRequest: () => {
      if (scene.agent.calls.length === request) child.kill('SIGKILL');
    },
  });
}

async function run({ args, manifest }: Life): Promise<void> {
  await scene.run({ args, manifest: manifests[manifest], options: { places } });
}

async function check({ args, manifest }: Life, where: string): Promise<void> {
  const content = await cloud.content();
  if (args[0] === 'delete-env') {
    assert.deepEqual(content, { vms: [], disks: [], stemcells: [] }, where);
    assert.equal(await isThere(scene.statePath), false, where);
    return;
  }
  const state = (await readBriefState(scene.statePath)) as BriefState;
  const known = {
    vms: [state.vm],
    disks: state.disks.map(([cid]) => cid),
    stemcells: state.stemcells.map(([cid]) => cid),
  };
  assert.deepEqual(content, known, where);
  assert.deepEqual([content.vms.length, content.disks.length, content.stemcells.length], [1, 1, 1], where);
  assert.equal(state.deployed, true, where);
  assert.equal(state.disks[0]?.[1], manifest === 'big' ? 2048 : 1024, where);
}
