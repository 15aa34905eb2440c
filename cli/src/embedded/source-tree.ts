import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** What the embedded Director is made of, in this clone. */
export const sourceTree = {
  root,
  director: join(root, 'services/director/src/main.ts'),
  blobstore: join(root, 'services/blobstore-server/src/main.ts'),
  containerCpi: join(root, 'cpis/container/src/main.ts'),
  aptPackages: join(root, 'tools/apt-packages.txt'),
  fetchRedisSource: join(root, 'tools/fetch-redis-source.ts'),
  cloudConfig: join(root, 'examples/cloud-config.yml'),
  exampleManifest: join(root, 'examples/redis.yml'),
  exampleRelease: join(root, 'examples/releases/redis'),
};
