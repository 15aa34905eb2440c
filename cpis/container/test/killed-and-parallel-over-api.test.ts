import { after } from 'node:test';
import { killedAndParallel } from './killed-and-parallel.ts';
import { testCloudOverApi } from './test-cloud-over-api.ts';

const cloud = await testCloudOverApi('10.249.14', 'botitest4');
after(() => cloud[Symbol.asyncDispose]());

await killedAndParallel(cloud);
