import assert from 'node:assert/strict';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { messageOf } from '@boti/core';
import { type Cleanup, tempDir } from '@boti/testkit';
import { type CreatedRelease, createRelease, readReleaseManifest } from '../src/index.ts';

const good: Readonly<Record<string, string>> = {
  'config/final.yml': 'name: r\n',
  'config/blobs.yml': '--- {}\n',
  'jobs/j/spec': '---\nname: j\ntemplates: {}\n',
  'jobs/j/monit': '',
  'packages/p/spec': '---\nname: p\nfiles: []\n',
  'packages/p/packaging': 'true\n',
};

async function build(t: Cleanup, files: Readonly<Record<string, string>>, options = {}): Promise<CreatedRelease> {
  const root = await tempDir(t);
  for (const [path, text] of Object.entries({ ...good, ...files })) {
    await mkdir(dirname(join(root, 'r', path)), { recursive: true });
    await writeFile(join(root, 'r', path), text);
  }
  return await createRelease({ dir: join(root, 'r'), cacheDir: join(root, 'cache'), force: true, ...options });
}

interface Problem {
  readonly file: string;
  readonly text: string;
  /** What is told. */
  readonly told: RegExp;
}

const misspelt: Readonly<Record<string, Problem>> = {
  'a job spec': {
    file: 'jobs/j/spec',
    text: 'name: j\nproprties: {}\n',
    told: /jobs\/j\/spec, line 2, column 1: unknown key 'proprties', did you mean 'properties'\?$/,
  },
  'a property of a job spec': {
    file: 'jobs/j/spec',
    text: 'name: j\nproperties:\n  port: {defualt: 1}\n',
    told: /line 3, column 10: unknown key 'properties.port.defualt', did you mean 'default'\?$/,
  },
  'a link of a job spec': {
    file: 'jobs/j/spec',
    text: 'name: j\nconsumes:\n- name: db\n  type: db\n  optinal: true\n',
    told: /line 5, column 3: unknown key 'consumes.0.optinal', did you mean 'optional'\?$/,
  },
  'a package spec': {
    file: 'packages/p/spec',
    text: 'name: p\nexclude_files: []\n',
    told: /packages\/p\/spec, line 2, column 1: unknown key 'exclude_files', did you mean 'excluded_files'\?$/,
  },
  'config/final.yml': {
    file: 'config/final.yml',
    text: 'name: r\nblobstore:\n  providr: local\n',
    told: /config\/final.yml, line 3, column 3: unknown key 'blobstore.providr', did you mean 'provider'\?$/,
  },
  'config/private.yml': {
    file: 'config/private.yml',
    text: 'blobstor: {}\n',
    told: /config\/private.yml, line 1, column 1: unknown key 'blobstor', did you mean 'blobstore'\?$/,
  },
  'properties_schema.json': {
    file: 'jobs/j/properties_schema.json',
    text: '{"type": }',
    told: /jobs\/j\/properties_schema.json: is no JSON: /,
  },
};

describe('a misspelt key is warned of, and the release is built, in', () => {
  for (const [what, { file, text, told }] of Object.entries(misspelt)) {
    test(what, async (t) => {
      const { warnings } = await build(t, { [file]: text });

      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', told);
    });
  }
});

test('a misspelt key of config/blobs.yml is warned of', async (t) => {
  const entry = { 'blobs/b': 'x', 'config/blobs.yml': `b:\n  size: 1\n  objectid: x\n  sha: ${'0'.repeat(40)}\n` };

  const { warnings } = await build(t, entry);

  assert.match(warnings[0] ?? '', /blobs.yml, line 3, column 3: unknown key 'b.objectid', did you mean 'object_id'\?$/);
});

const wrong: Readonly<Record<string, Problem>> = {
  'a job spec': {
    file: 'jobs/j/spec',
    text: 'name: j\npackages: {a: b}\n',
    told: /jobs\/j\/spec' is not valid:\n *- line 2, column 11: packages: /,
  },
  'a package spec': {
    file: 'packages/p/spec',
    text: 'name: p\nfiles:\n- a\n- [b]\n',
    told: /line 4, column 3: files.1: /,
  },
  'config/blobs.yml': {
    file: 'config/blobs.yml',
    text: 'b:\n  size: big\n  sha: x\n',
    told: /blobs.yml' is not valid:\n- line 2, column 9: b.size: /,
  },
  'config/final.yml': {
    file: 'config/final.yml',
    text: 'name: r\nno_compression: maybe\n',
    told: /line 2, column 17: no_compression: /,
  },
  'an index': {
    file: '.final_builds/packages/p/index.yml',
    text: 'builds:\n  f: [1]\n',
    told: /index.yml' is not valid:\n- line 2, column 6: builds.f: /,
  },
};

describe('a value of the wrong kind is told with line and column in', () => {
  for (const [what, { file, text, told }] of Object.entries(wrong)) {
    test(what, async (t) => {
      await assert.rejects(build(t, { [file]: text }), (error: unknown) => {
        assert.match(messageOf(error), told);
        return true;
      });
    });
  }
});

test('no_compression makes a plain tar: of the package, of the release, each for itself', async (t) => {
  const root = await tempDir(t);
  const isGzip = async (path: string): Promise<boolean> => {
    await using file = await open(path);
    return (await file.read(Buffer.alloc(2), 0, 2, 0)).buffer.readUInt16BE() === 0x1f8b;
  };
  const [one, two] = [join(root, 'one.tgz'), join(root, 'two.tgz')];

  const packageOnly = await build(t, { 'packages/p/spec': 'name: p\nno_compression: true\n' }, { tarball: one });
  const releaseOnly = await build(t, { 'config/final.yml': 'name: r\nno_compression: true\n' }, { tarball: two });

  assert.deepEqual([await isGzip(one), await isGzip(two)], [true, false]);
  assert.match(packageOnly.warnings[0] ?? '', /no_compression: true \('p'\)/);
  assert.deepEqual(releaseOnly.warnings, []);
  assert.equal((await readReleaseManifest(two)).no_compression, true);
  assert.match(await readFile(releaseOnly.manifestPath, 'utf8'), /\nno_compression: true\n$/);
});
