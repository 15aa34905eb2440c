import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

export const sourceTree = {
  root,
  template: join(import.meta.dirname, '../template'),
  sdk: join(root, 'packages/cpi-sdk/src/index.ts'),
  tsconfig: join(root, 'tsconfig.json'),
  typescript: join(root, 'node_modules/.bin/tsc'),
};
