import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { test } from 'node:test';
import { blobId, DigestMismatch, digestOf } from '@boti/core';
import { tempDir } from '@boti/testkit';
import { BlobNotFound, type Blobstore, InvalidBlobId } from '../src/index.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What every provider must do, whatever it stores the blobs in. */
export function providerContract(provider: string, open: () => Blobstore): void {
  keepsContent(provider, open);
  knowsWhatIsThere(provider, open);
  isSafe(provider, open);
}

function keepsContent(provider: string, open: () => Blobstore): void {
  test(`${provider}: a file comes back as it was, under a new UUID`, async (t) => {
    const directory = await tempDir(t);
    const content = randomBytes(3_000_000);
    await writeFile(join(directory, 'in'), content);

    const id = await open().put({ path: join(directory, 'in') });
    await open().get(id, join(directory, 'out'));

    assert.match(id, uuid);
    assert.ok(content.equals(await readFile(join(directory, 'out'))));
    assert.deepEqual((await readdir(directory)).sort(), ['in', 'out']);
  });

  test(`${provider}: a stream comes back as a stream, under the given id`, async () => {
    const id = blobId(`stream-${provider}`);

    assert.equal(await open().put({ stream: Readable.from(['ab', 'cd']) }, { id }), id);

    assert.equal(await text(await open().open(id)), 'abcd');
  });

  test(`${provider}: an empty blob is a blob`, async () => {
    const id = await open().put({ stream: Readable.from([]) });

    assert.equal(await open().exists(id), true);
    assert.equal((await buffer(await open().open(id))).length, 0);
  });

  test(`${provider}: putting again replaces`, async () => {
    const id = blobId(`again-${provider}`);
    await open().put({ stream: Readable.from(['a longer one']) }, { id });
    await open().put({ stream: Readable.from(['short']) }, { id });

    assert.equal(await text(await open().open(id)), 'short');
  });
}

function knowsWhatIsThere(provider: string, open: () => Blobstore): void {
  test(`${provider}: what is not there is named`, async (t) => {
    const directory = await tempDir(t);
    const id = blobId('11111111-1111-4111-8111-111111111111');

    await assert.rejects(open().open(id), BlobNotFound);
    await assert.rejects(open().get(id, join(directory, 'out')), (error: unknown) => {
      assert.ok(error instanceof BlobNotFound);
      assert.match(error.message, /Blob '11111111-.*' is not in /);
      return true;
    });
    assert.equal(await open().exists(id), false);
    assert.deepEqual(await readdir(directory), []);
  });

  test(`${provider}: deleting may be repeated`, async () => {
    const id = await open().put({ stream: Readable.from(['x']) });

    await open().delete(id);
    await open().delete(id);

    assert.equal(await open().exists(id), false);
  });
}

function isSafe(provider: string, open: () => Blobstore): void {
  test(`${provider}: a wrong digest leaves the target as it was`, async (t) => {
    const target = join(await tempDir(t), 'target');
    await writeFile(target, 'before');
    const id = await open().put({ stream: Readable.from(['damaged']) });

    await assert.rejects(open().get(id, target, { digest: digestOf('whole', 'sha1') }), DigestMismatch);
    await assert.rejects(async () => text(await open().open(id, { digest: digestOf('whole') })), DigestMismatch);
    assert.equal(await readFile(target, 'utf8'), 'before');

    await open().get(id, target, { digest: `${digestOf('whole', 'sha1')};${digestOf('damaged')}` });
    assert.equal(await readFile(target, 'utf8'), 'damaged');
  });

  test(`${provider}: a stream that fails stores nothing`, async () => {
    const id = blobId(`fails-${provider}`);
    const stream = Readable.from(
      (async function* () {
        yield 'part';
        throw new Error('source broke');
      })(),
    );

    await assert.rejects(open().put({ stream }, { id }), /source broke/);
    assert.equal(await open().exists(id), false);
  });

  test(`${provider}: an id is never a path`, async () => {
    for (const id of ['../x', 'a/b', '', '.hidden', 'a b']) {
      await assert.rejects(open().put({ stream: Readable.from(['x']) }, { id: blobId(id) }), InvalidBlobId);
      await assert.rejects(open().open(blobId(id)), InvalidBlobId);
    }
  });

  test(`${provider}: an abort ends a transfer`, async () => {
    const signal = AbortSignal.abort(new Error('no longer wanted'));
    const id = blobId(`aborted-${provider}`);

    await assert.rejects(open().put({ stream: Readable.from(['x']) }, { id, signal }), /abort|no longer wanted/);
    await assert.rejects(open().open(id, { signal }), /no longer wanted/);
    assert.equal(await open().exists(id), false);
  });
}
