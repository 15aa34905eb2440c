import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { tempDir, testCertificates } from '@boti/testkit';
import { parse, stringify } from 'yaml';
import { type CliRun, runCli } from './run-cli.ts';
import { surfaceDirector } from './surface-director.ts';

type Entry = Readonly<Record<string, string>>;

/** What upstream's CLI printed, sent and stored, or what our own error has to say. */
interface Run {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
  readonly stdin?: string;
  readonly uaa?: boolean;
  /** The environments in the config file, before and (where they change) after. */
  readonly before?: readonly Entry[];
  readonly after?: readonly Entry[];
  /** The config file as it is, where it is not a list of environments. */
  readonly configText?: string;
  readonly exit: number;
  /** On a terminal stderr is in here too. */
  readonly stdout?: string;
  /** Parts of the error, in order. */
  readonly says?: readonly string[];
  readonly requests: readonly string[];
}

const fixture = join(import.meta.dirname, 'fixtures/surface-runs.jsonl');
const runs = readFileSync(fixture, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Run);
const certificates = await testCertificates();
const other = await testCertificates();
const pem = certificates.ca.certificate;

describe('the program says, sends and stores what upstream does', { concurrency: 20 }, () => {
  for (const run of runs) {
    test(run.name, async (t) => {
      const dir = await tempDir(t);
      await using director = await surfaceDirector(certificates, run.uaa ?? false);
      const place = { dir, url: director.url, configFile: join(dir, 'config') };
      await writeFile(join(dir, 'ca.crt'), pem);
      await writeFile(join(dir, 'o.crt'), other.ca.certificate);
      await writeConfig(run, place);

      const result = await runIn(run, place);

      assert.equal(result.exit, run.exit, result.stdout + result.stderr);
      if (run.stdout !== undefined) assert.equal(withoutHints(result.stdout), fill(run.stdout, place));
      assertSays(
        result.stdout + result.stderr,
        (run.says ?? []).map((part) => fill(part, place)),
      );
      assert.deepEqual(director.requests.filter(isNotAgain), run.requests);
      await assertStored(run, place);
    });
  }
});

interface Place {
  readonly dir: string;
  readonly url: string;
  readonly configFile: string;
}

function fill(text: string, { dir, url }: Place): string {
  return text
    .replaceAll('$URL', url)
    .replaceAll('$HOST', url.replace('https://', ''))
    .replaceAll('$PEM', pem)
    .replaceAll('$DIR', dir);
}

function filled(entries: readonly Entry[], place: Place): readonly Entry[] {
  return entries.map((entry) =>
    Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, fill(value, place)])),
  );
}

async function writeConfig({ before, configText }: Run, place: Place): Promise<void> {
  const text = before === undefined ? configText : stringify({ environments: filled(before, place) });
  if (text !== undefined) await writeFile(place.configFile, text);
}

function runIn({ args, env = {}, tty = false, stdin = '' }: Run, place: Place): Promise<CliRun> {
  const own = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, fill(value, place)]));
  return runCli(
    args.map((arg) => fill(arg, place)),
    { env: { BOSH_CONFIG: place.configFile, ...own }, isTty: tty, stdin },
  );
}

async function assertStored({ after }: Run, place: Place): Promise<void> {
  if (after === undefined) return;
  assert.deepEqual(parse(await readFile(place.configFile, 'utf8')), { environments: filled(after, place) });
  assert.equal((await stat(place.configFile)).mode & 0o777, 0o600);
}

/** Upstream asks who the Director is twice in a row. */
const isNotAgain = (request: string, index: number, all: readonly string[]): boolean =>
  request !== 'GET /info' || all[index - 1] !== request;

/** Hints are our own. */
function withoutHints(text: string): string {
  return text.replaceAll(new RegExp(`(?:\\n|\\\\n)Hint: [^"\\n${String.fromCodePoint(27)}]*`, 'g'), '');
}

function assertSays(output: string, parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = output.indexOf(part, from);
    assert.notEqual(at, -1, `'${part}' is not (or not in this place) in:\n${output}`);
    from = at + part.length;
  }
}
