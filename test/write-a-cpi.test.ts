/** docs/guides/write-a-cpi.md, word for word: every `sh` block of it in one shell, in an empty folder. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { traceOf } from './scene/machine-remains.ts';

const root = join(import.meta.dirname, '..');
const cacheDir = process.env.BOTI_TEST_CACHE ?? '/var/lib/boti/cache';

test('the guide leads from an empty folder to Redis on a cloud of one’s own', async () => {
  assert.equal(process.getuid?.(), 0, 'the guide makes containers: run this as root');
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'boti-guide-')));
  // PostgreSQL runs as another user and must get through.
  await chmod(dir, 0o711);
  const home = join(dir, 'home');
  for (const name of ['home', 'work']) await mkdir(join(dir, name), { mode: 0o711 });
  await mkdir(cacheDir, { recursive: true });
  await symlink(cacheDir, join(home, 'cache'));
  using trace = traceOf(dir, 'boti0', join(dir, 'work/nimbus/.cloud/containers/vms'));
  try {
    const { exitCode, output } = await follow(await blocks(), { dir, home });

    assert.equal(exitCode, 0, output);
    assert.match(output, /"stemcell_formats":\["general-tar","warden-tar"\]/);
    assert.match(output, /ℹ pass 3\n/);
    assert.match(output, /errand smoke-tests: passed/);
    assert.match(output, /^primary\/\S+\s+running/m);
    assert.match(output, /deployment redis: deleted/);
    assert.deepEqual(await trace.remains(), []);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

async function blocks(): Promise<readonly string[]> {
  const guide = await readFile(join(root, 'docs/guides/write-a-cpi.md'), 'utf8');
  return [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

async function follow(
  steps: readonly string[],
  { dir, home }: { readonly dir: string; readonly home: string },
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  // Whatever step fails, the cloud does not outlive the shell, and what it has made goes with it.
  const atEnd = 'boti down; kill $cloud; wait $cloud; bin/node example-cloud/main.ts --containers --remove';
  const script = [`trap 'status=$?; [ $status = 0 ] || { ${atEnd}; }; exit $status' EXIT`, ...steps].join('\n');
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', `exec 2>&1\n${script}`], {
    cwd: join(dir, 'work'),
    env: { ...inherited(), BOTI_HOME: home, BOSH_CONFIG: join(dir, 'bosh-config'), LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, exitCode] = await Promise.all([
    text(shell.stdout),
    new Promise<number | null>((resolve) => shell.on('close', resolve)),
  ]);
  return { exitCode, output };
}

/** What leads npm to its registry, but not to the caller's own environments. */
function inherited(): Readonly<Record<string, string | undefined>> {
  const kept = Object.entries(process.env).filter(([name]) => !/^BOSH_|^NODE_(OPTIONS|TEST_CONTEXT)$/.test(name));
  return { ...Object.fromEntries(kept), PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` };
}
