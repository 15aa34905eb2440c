import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openTempDir, runCommand, type TempDir } from '@boti/core';
import { runCli } from './run-cli.ts';

/** What upstream's CLI 7.1.2 does with a stemcell tarball. */
interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly exit: number;
  readonly stdout?: string;
  readonly tty?: string;
  readonly json?: object;
  /** `type mode size name`, sorted; of o.tgz. */
  readonly members?: readonly string[];
  /** stemcell.MF of o.tgz. */
  readonly manifest?: string;
}

/** Where we write another stemcell.MF: see docs/contracts/deviations.md. */
const differences: Readonly<Record<string, readonly [string, string]>> = {
  'repack-empty': ['sha1: c871c811515f0392d01588657894a67694cac42c', 'sha1: da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  'repack-minimal': [
    'operating_system: ""\nsha1: a\nbosh_protocol: ""\n',
    'operating_system: x\nsha1: a\napi_version: 1\n',
  ],
};

const lines = await readFile(join(import.meta.dirname, 'fixtures/stemcell-repacks/cases.jsonl'), 'utf8');
const cases = lines
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

const cwd = process.cwd();
let folder: TempDir;
before(async () => {
  folder = await openTempDir('stemcell-repacks-');
  process.chdir(folder.path);
  const manifest =
    "name: bosh-tiny\nversion: '1.5'\nbosh_protocol: 1\napi_version: 3\nsha1: c871c811515f0392d01588657894a67694cac42c\noperating_system: ubuntu-x\nstemcell_formats:\n- a\n- b\ncloud_properties:\n  infra: tiny\n  disk: 100\n  nested: {k: [1, x]}\nextra_key: kept?\n";
  const image = Buffer.alloc(124, 7);
  await pack('s.tgz', { 'stemcell.MF': manifest, image, 'packages.txt': 'ii\n' });
  const minimal = 'name: x\nversion: 1.10\nsha1: a\ncloud_properties: {}\n';
  await pack('minimal.tgz', { 'stemcell.MF': minimal, image });
  await pack('nomf.tgz', { image });
  await pack('noimage.tgz', { 'stemcell.MF': "name: x\nversion: '1'\nsha1: a\ncloud_properties: {}\n" });
  await writeFile('junk', 'junk');
});
after(async () => {
  process.chdir(cwd);
  await folder[Symbol.asyncDispose]();
});

async function pack(tarball: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  const staged = `${tarball}.d`;
  await mkdir(staged);
  for (const [name, content] of Object.entries(files)) await writeFile(join(staged, name), content);
  await runCommand('tar', ['-czf', tarball, '-C', staged, ...Object.keys(files)]);
}

for (const given of cases) {
  test(`${given.name} as upstream does it`, async () => {
    const [plain, tty, json] = [
      await runCli(given.args),
      await runCli(given.args, { isTty: true }),
      await runCli([...given.args, '--json']),
    ];

    assert.deepEqual([plain.exit, tty.exit, json.exit], [given.exit, given.exit, given.exit], plain.stderr);
    if (given.exit === 0) {
      assert.deepEqual([plain.stdout, tty.stdout], [given.stdout, given.tty]);
      assert.deepEqual(JSON.parse(json.stdout), given.json);
    } else {
      assert.match(plain.stderr, /.{10}.*\nExit code 1\n$/s);
      assert.deepEqual(
        (await readdir('.')).filter((name) => name.includes('partial')),
        [],
      );
    }
    if (given.members !== undefined) await compareResult(given);
  });
}

async function compareResult({ name, members, manifest = '' }: Case): Promise<void> {
  const { stdout } = await runCommand('tar', ['-tvzf', 'o.tgz']);
  const found = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ +/))
    .map(
      ([permissions, , size, , , name]) => `${permissions === '-rw-r--r--' ? '0 644' : permissions} ${size} ${name}`,
    );
  const text = (await runCommand('tar', ['-xOzf', 'o.tgz', 'stemcell.MF'])).stdout;
  const difference = differences[name];
  assert.equal(text, difference === undefined ? manifest : manifest.replace(...difference));
  const sizeOf = (size: string): string =>
    size === `${Buffer.byteLength(manifest)}` ? `${Buffer.byteLength(text)}` : size;
  assert.deepEqual(
    found.toSorted(),
    members?.map((member) => member.replace(/(?<= )\d+(?= stemcell.MF$)/, sizeOf)),
  );
}
