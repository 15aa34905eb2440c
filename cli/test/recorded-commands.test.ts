import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir, testCertificates } from '@boti/testkit';
import { type Recording, replayDirector } from './replaying-director.ts';
import { runCli } from './run-cli.ts';

const folder = join(import.meta.dirname, 'fixtures/recorded');
const recordings = await Promise.all(
  (await readdir(folder)).map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as Recording),
);
const certificates = await testCertificates();

for (const recording of recordings) {
  for (const run of recording.runs) {
    test(`${recording.name}: ${run.mode} output is upstream's`, async (t) => {
      const work = await tempDir(t);
      await using director = await replayDirector(recording, certificates);
      await writeFile(join(work, 'cc.yml'), 'azs: []\n');
      const args = run.command
        .replaceAll('cc.yml', join(work, 'cc.yml'))
        .replace('-e peer', '')
        .split(' ')
        .filter((arg) => arg !== '');
      const env = {
        BOSH_CONFIG: join(work, 'config'),
        BOSH_ENVIRONMENT: director.url,
        BOSH_CA_CERT: certificates.ca.certificate,
        BOSH_CLIENT: 'test',
        BOSH_CLIENT_SECRET: 'test',
      };

      const result = await runCli(args, { isTty: run.mode === 'tty', env });

      assert.equal(result.exit, run.exit, result.stdout + result.stderr);
      assert.equal(comparable(result.stdout), comparable(run.stdout.replaceAll(recordedUrl, director.url)));
      assert.equal(comparable(result.stderr), comparable(run.stderr ?? ''));
      const changes = recording.exchanges.filter(({ method, request }) => method !== 'GET' && request !== undefined);
      for (const { method, request } of changes) {
        const sent = director.requests.find((one) => one.method === method && one.body !== '');
        if (request?.startsWith('{')) assert.deepEqual(JSON.parse(sent?.body ?? '{}'), JSON.parse(request));
      }
    });
  }
}

const recordedUrl = /https:\/\/127\.0\.0\.1:2675\d/g;

/** In text and in JSON, up to the code that ends the colour. */
const hints = new RegExp(`(?:\\n|\\\\n)Hint: [^"\\n${String.fromCodePoint(27)}]*`, 'g');

/** Hints and the count of packages (which upstream gives as 0) are our own; recordings lack the last line break. */
function comparable(text: string): string {
  return text
    .replaceAll(hints, '')
    .replaceAll(/^\d+ packages$/gm, '0 packages')
    .trimEnd();
}
