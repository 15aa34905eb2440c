import { after, test } from 'node:test';
import { lifeCycle, lifeCycleScene } from './life-cycle.ts';
import { testCloudOverApi } from './test-cloud-over-api.ts';

const cloud = await testCloudOverApi('10.249.13', 'botitest3');
after(() => cloud[Symbol.asyncDispose]());

const scene = await lifeCycleScene(cloud);
for (const [name, run] of Object.entries(lifeCycle)) test(name, () => run(scene));
