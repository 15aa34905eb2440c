// From a fresh clone to a running Redis: everything anew, once more with what is cached, and when all runs already.
// The Debian packages of tools/apt-packages.txt are there already and are not counted.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAloud, withEmbedded } from './support/embedded.ts';
import { isQuick, report, timed } from './support/report.ts';

const root = join(import.meta.dirname, '..');
const clone = await mkdtemp(join(tmpdir(), 'boti-bench-clone-'));
try {
  const cloning = await timed(() => runAloud(['git', 'clone', '-q', '--depth', '1', `file://${root}`, clone]));
  const installing = await timed(() => runAloud(['sh', 'tools/setup.sh', '--npm-only'], { cwd: clone }));
  report('up/npm-install', installing.seconds, 's');
  await withEmbedded({}, async (embedded) => {
    const up = (args: readonly string[] = []): Promise<void> =>
      embedded.up({ program: ['npm', 'run', 'up', '--'], cwd: clone, args });
    const cold = await timed(() => up(isQuick ? ['--no-example'] : []));
    report('up/cold', cloning.seconds + installing.seconds + cold.seconds, 's');
    report('up/again', (await timed(up)).seconds, 's');
    report('up/down', (await timed(embedded.down)).seconds, 's');
    report('up/warm', (await timed(up)).seconds, 's');
  });
} finally {
  await rm(clone, { recursive: true, force: true });
}
