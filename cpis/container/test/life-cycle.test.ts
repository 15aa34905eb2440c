import { after, test } from 'node:test';
import { lifeCycle, lifeCycleScene } from './life-cycle.ts';
import { testCloud } from './test-cloud.ts';

const cloud = await testCloud('10.249.11', 'botitest1');
after(() => cloud[Symbol.asyncDispose]());

const scene = await lifeCycleScene(cloud);
for (const [name, run] of Object.entries(lifeCycle)) test(name, () => run(scene));
