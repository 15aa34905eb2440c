import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

export const sourceTree = {
  root,
  template: join(import.meta.dirname, '../template'),
  sdk: join(root, 'packages/cpi-sdk/src/index.ts'),
  /** The SDK, and the packages that its types mention. */
  sdkAndBelow: ['cpi-sdk', 'agent-protocol', 'core'].map((name) => join(root, 'packages', name, 'src/index.ts')),
  tsconfig: join(root, 'tsconfig.json'),
  typescript: join(root, 'node_modules/.bin/tsc'),
};
