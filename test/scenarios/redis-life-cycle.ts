import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Cast, type RedisDeployment, redisDeployment } from '../scene/redis-deployment.ts';
import { accessSteps } from './access-steps.ts';
import { changeSteps } from './change-steps.ts';
import { farewellSteps } from './farewell-steps.ts';
import { firstSteps } from './first-steps.ts';
import { repairSteps } from './repair-steps.ts';

/** The deployment that the steps share; there once the scenario has begun. */
export type Stage = () => RedisDeployment;

/** The whole life of a deployment, step by step: each goes on from where the one before has left it. */
export function redisLifeCycle(name: string, cast: Cast): void {
  describe(`Redis ${name}`, () => {
    let deployment: RedisDeployment | undefined;
    const stage: Stage = () => {
      assert.ok(deployment !== undefined, 'the Director did not come up');
      return deployment;
    };
    before(async () => {
      deployment = await redisDeployment(cast);
    });
    after(async () => {
      await deployment?.[Symbol.asyncDispose]();
    });

    firstSteps(stage, cast);
    repairSteps(stage);
    changeSteps(stage);
    accessSteps(stage);
    farewellSteps(stage);
    test('down leaves nothing on the machine', async () => {
      const { director } = stage();

      await director.down();

      assert.ok(director.trace.vmNames.size > 0, 'no VM was ever noted');
      assert.deepEqual(await director.trace.remains(), []);
    });
  });
}
