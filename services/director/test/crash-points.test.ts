import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { test } from 'node:test';
import { type CrashLab, type Step, startCrashLab } from './support/crash-lab.ts';
import { cloudConfig, packRelease, packStemcell, webManifest, webRelease } from './support/deploy-lab.ts';

/**
 * Kills the Director at points of a deployment's whole life (crash-points.ts) and looks whether the same request, made
 * again, mends what is left. CI takes a sample; `BOTI_CRASH_ALL=1` takes every point, `BOTI_CRASH_SEED` another sample,
 * `BOTI_CRASH_STEP=deploy` every one of a
 * step, `BOTI_CRASH_STEP=deploy:17` a single one.
 */
const env = process.env;
const cycles = 3;

test('a Director killed at any point of a deployment leaves nothing that the next try does not mend', async (t) => {
  const lab = await startCrashLab(t, { enableSnapshots: true });
  const steps = await lifeOfDeployment(lab.directory);
  await lab.director.call('POST', '/cloud_configs', { headers: yaml, body: cloudConfig });
  const reached = new Map<string, readonly string[]>();
  for (const step of steps) reached.set(step.name, await lab.points(step));
  await lab.emptyCompileCache();
  const chosen = choose(reached);
  t.diagnostic(`points: ${[...reached].map(([name, points]) => `${name} ${points.length}`).join(', ')}`);
  for (let cycle = 0; cycle < Math.max(...chosen.map(({ at }) => at.length)); cycle += 1) {
    for (const [index, step] of steps.entries()) {
      const at = chosen[index]?.at[cycle];
      const name = at === undefined ? 'no crash' : `${step.name} ${at}: ${reached.get(step.name)?.[at - 1]}`;
      await t.test(name, () => crashAndRepeat(lab, step, at));
    }
    await lab.emptyCompileCache();
  }
});

async function crashAndRepeat(lab: CrashLab, step: Step, at: number | undefined): Promise<void> {
  const wrong = at === undefined ? [] : await lab.crash(step, at);
  await lab.run(step);
  assert.deepEqual([...wrong, ...(await lab.leftovers())], []);
}

interface Chosen {
  readonly at: readonly number[];
}

/** For each step the points to crash at, one a cycle. */
function choose(reached: ReadonlyMap<string, readonly string[]>): readonly Chosen[] {
  const random = randomNumbers(Number(env.BOTI_CRASH_SEED ?? 1));
  const [only, number] = (env.BOTI_CRASH_STEP ?? '').split(':');
  return [...reached].map(([name, points]) => {
    const all = points.map((_, index) => index + 1);
    if (only) return { at: only !== name ? [] : number === undefined ? all : [Number(number)] };
    if (env.BOTI_CRASH_ALL) return { at: all };
    return { at: Array.from({ length: cycles }, () => all.splice(Math.floor(random() * all.length), 1)).flat() };
  });
}

/** mulberry32: the same seed, the same points. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const yaml = { 'content-type': 'text/yaml' };
const json = { 'content-type': 'application/json' };
const tarball = { 'content-type': 'application/x-compressed' };

/** From nothing to nothing: each step leaves what the next one needs. */
async function lifeOfDeployment(directory: string): Promise<readonly Step[]> {
  const stemcell = await packStemcell(directory);
  const release = await packRelease(directory, webRelease);
  const updated = webManifest
    .replace('greeting: hi', 'greeting: ho')
    .replace('_disk_type: small', '_disk_type: large')
    .replace('instances: 2', 'instances: 1');
  return [
    upload('stemcell', '/stemcells', stemcell),
    upload('release', '/releases?fix=true', release),
    deploy('deploy', webManifest),
    deploy('update', updated, '?recreate=true'),
    {
      name: 'instance',
      ask: ({ call }) =>
        call('POST', '/deployments/web/instance_groups/server/0/actions/recreate', { headers: json, body: '{}' }),
    },
    {
      name: 'errand',
      ask: ({ call }) => call('POST', '/deployments/web/errands/smoke/runs', { headers: json, body: '{}' }),
    },
    {
      name: 'delete',
      async ask({ call }) {
        const { json: found } = await call('GET', '/deployments');
        return (found as readonly unknown[]).length === 0 ? undefined : call('DELETE', '/deployments/web');
      },
    },
    {
      name: 'clean-up',
      ask: ({ call }) =>
        call('POST', '/cleanup', { headers: json, body: JSON.stringify({ config: { remove_all: true } }) }),
    },
  ];
}

function upload(name: string, path: string, file: string): Step {
  return { name, ask: ({ call }) => call('POST', path, { headers: tarball, body: createReadStream(file) }) };
}

function deploy(name: string, body: string, query = ''): Step {
  return { name, ask: ({ call }) => call('POST', `/deployments${query}`, { headers: yaml, body }) };
}
