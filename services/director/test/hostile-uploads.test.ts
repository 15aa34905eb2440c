import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, describe, test } from 'node:test';
import { isThere } from '@boti/core';
import { hostileArchives } from '@boti/testkit';
import { startTestDirector } from './support/running-director.ts';

const director = await startTestDirector({ after });
const headers = { 'content-type': 'application/x-compressed' };

const uploads = {
  releases: hostileArchives([{ name: 'release.MF', content: 'name: r\nversion: "1"\njobs: []\npackages: []\n' }]),
  stemcells: hostileArchives([
    { name: 'stemcell.MF', content: "name: s\nversion: '1'\nsha1: a\ncloud_properties: {}\n" },
    { name: 'image', content: 'x'.repeat(2000) },
  ]),
};

for (const [kind, archives] of Object.entries(uploads)) {
  describe(`an upload to /${kind} is refused, and nothing of it kept, that is an archive with`, () => {
    for (const { name, content } of archives) {
      test(name, async () => {
        const answer = await director.call('POST', `/${kind}`, { headers, body: Readable.from([content]) });
        const task = await director.task(answer);

        assert.equal(task.state, 'error');
        assert.ok(String(task.result).length > 20, String(task.result));
        assert.doesNotMatch(String(task.result), /internal error|TypeError|ENOENT/i);
        assert.deepEqual((await director.call('GET', `/${kind}`)).json, []);
        assert.deepEqual(await leftOvers(), []);
      });
    }
  });
}

/** Files of uploads, in the Director's own folders and where the archives would lead. */
async function leftOvers(): Promise<readonly string[]> {
  const own = (await readdir(director.directory, { recursive: true })).filter((path) =>
    /evil|release-|stemcell-/.test(path),
  );
  const outside = ['boti-hostile-evil', 'boti-hostile-evil.tgz'].map((name) => join(tmpdir(), name));
  const found = await Promise.all(outside.map(async (path) => ((await isThere(path)) ? [path] : [])));
  return [...own, ...found.flat()];
}
