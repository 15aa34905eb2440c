import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli } from './run-cli.ts';

test('a release is made from nothing, with a blob, and looked at', async () => {
  const root = await mkdtemp(join(tmpdir(), 'cli-release-'));
  const dir = join(root, 'shop');
  const tarball = join(root, 'shop.tgz');
  const run = async (...args: readonly string[]): Promise<string> => {
    const { exit, stdout, stderr } = await runCli(args, { env: { HOME: root } });
    assert.equal(exit, 0, stderr);
    return stdout;
  };
  try {
    await run('init-release', '--dir', dir);
    await appendFile(
      join(dir, 'config/final.yml'),
      `blobstore: {provider: local, options: {blobstore_path: ${root}/blobs}}\n`,
    );
    await run('generate-job', 'web', '--dir', dir);
    await run('generate-package', 'app', '--dir', dir);
    await writeFile(join(root, 'file'), 'hi\n');
    await run('add-blob', join(root, 'file'), 'lib/file', '--dir', dir);
    await run('upload-blobs', '--dir', dir);
    await writeFile(join(dir, 'packages/app/spec'), '---\nname: app\nfiles: [lib/file]\n');

    const created = await run('create-release', '--dir', dir, '--force', '--version', '1.2', '--tarball', tarball);

    assert.match(
      created,
      /^shop\t\n1\.2\t\nnon-git\t\n.*\/shop\.tgz\t\n\nweb\/[0-9a-f]{64}\tsha256:[0-9a-f]{64}\t-\t\n\napp\//,
    );
    assert.equal(await run('inspect-local-release', tarball), created);
    assert.match(await readFile(join(dir, 'config/blobs.yml'), 'utf8'), /object_id: [0-9a-f-]{36}/);
  } finally {
    await rm(root, { recursive: true });
  }
});
