import { after } from 'node:test';
import { killedAndParallel } from './killed-and-parallel.ts';
import { testCloud } from './test-cloud.ts';

const cloud = await testCloud('10.249.12', 'botitest2');
after(() => cloud[Symbol.asyncDispose]());

await killedAndParallel(cloud);
