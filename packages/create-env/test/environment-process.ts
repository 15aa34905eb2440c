/** Runs one command about an environment in a process of its own, so that it can be killed. Argument: JSON. */
import { readFileSync } from 'node:fs';
import { createEnv, deleteEnv, type EnvironmentOptions } from '../src/index.ts';
import { hastyClock } from './hasty-clock.ts';

interface Order {
  readonly command: 'create-env' | 'delete-env';
  readonly recreate: boolean;
  readonly manifest: string;
  readonly statePath: string;
  readonly places: EnvironmentOptions['places'];
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const nothing = (): void => undefined;
const options: EnvironmentOptions = {
  manifest: { path: order.manifest, text: readFileSync(order.manifest, 'utf8') },
  statePath: order.statePath,
  stage: { output: { begin: nothing, end: nothing, remark: nothing } },
  places: order.places,
  environment: process.env,
  clock: hastyClock(),
  signal: new AbortController().signal,
};
if (order.command === 'delete-env') await deleteEnv({ ...options, skipDrain: false });
else await createEnv({ ...options, recreate: order.recreate, recreatePersistentDisks: false, skipDrain: false });
