import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectorError } from './director-error.ts';
import * as errors from './errors.ts';

test('every number stands for one error, but for the two that upstream gives out twice', () => {
  const made = Object.entries(errors).map(([name, Kind]) => [name, makeOne(Kind)] as const);
  const numbers = made.map(([, error]) => error.errorCode).sort((a, b) => a - b);
  const twice = numbers.filter((number, index) => numbers.indexOf(number) !== index);

  assert.equal(made.length, 263);
  assert.deepEqual(twice, [70006, 530006]);
});

test('an error carries number, status and text', () => {
  const error = new errors.DeploymentNotFound('redis');

  assert.deepEqual(
    [error.name, error.errorCode, error.httpStatus, error.message],
    ['DeploymentNotFound', 70000, 404, "Deployment 'redis' doesn't exist"],
  );
});

function makeOne(Kind: (typeof errors)[keyof typeof errors]): DirectorError {
  const error: unknown = new (Kind as new (...args: unknown[]) => DirectorError)('x', ['y'], 'z', '');
  assert.ok(error instanceof DirectorError);
  return error;
}
