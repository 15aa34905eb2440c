import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { configurationHash, type RenderedJob, renderedArchive, templateHash } from './rendered-job.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

const web: RenderedJob = {
  name: 'web',
  monit: 'M1',
  files: [
    { source: 'b.erb', destination: 'bin/b', content: 'B' },
    { source: 'a.erb', destination: 'config/a', content: 'A' },
  ],
};
const agent: RenderedJob = { name: 'agent', monit: '', files: [{ source: 'x', destination: 'y', content: 'ü' }] };

test('the configuration hash covers jobs by name and files by source', () => {
  assert.equal(configurationHash([web, agent]), sha1('agentüyM1webAconfig/aBbin/b'));
  assert.equal(configurationHash([agent, web]), configurationHash([web, agent]));
  assert.equal(configurationHash([]), sha1(''));
});

test('the template hash covers one job without its paths', () => {
  assert.equal(templateHash(web), sha1('M1AB'));
});

test('the archive holds every file under its job, and is always the same', async () => {
  const archive = await renderedArchive([web, agent]);

  assert.deepEqual(archive, await renderedArchive([web, agent]));
  assert.deepEqual(filesOf(gunzipSync(archive)), [
    ['web/monit', '0000644', 0, 'M1'],
    ['web/bin/b', '0000644', 0, 'B'],
    ['web/config/a', '0000644', 0, 'A'],
    ['agent/monit', '0000644', 0, ''],
    ['agent/y', '0000644', 0, 'ü'],
  ]);
});

type TarFile = readonly [name: string, mode: string, mtime: number, content: string];

function filesOf(tar: Buffer): readonly TarFile[] {
  const files: TarFile[] = [];
  for (let at = 0; tar[at] !== 0; ) {
    const field = (start: number, length: number): string => {
      const text = tar.toString('latin1', at + start, at + start + length);
      return text.split('\0', 1)[0]?.trim() ?? '';
    };
    const size = Number.parseInt(field(124, 12), 8);
    const content = tar.toString('utf8', at + 512, at + 512 + size);
    files.push([field(0, 100), field(100, 8).padStart(7, '0'), Number.parseInt(field(136, 12), 8), content]);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
