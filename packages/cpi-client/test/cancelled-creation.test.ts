import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { agentId, stemcellCid } from '@boti/core';
import { openCpi } from '../src/index.ts';

const aVm = (id: string) => ({
  agentId: agentId(id),
  stemcellCid: stemcellCid('stemcell'),
  cloudProperties: {},
  networks: {},
  diskCids: [],
  env: {},
});

for (const preferWarm of [false, true]) {
  test(`a hung create_vm gives up within 5 s, and the next call removes its VM (${preferWarm ? 'warm' : 'cold'})`, async (t) => {
    const dir = await mkdtemp(join(tmpdir(), 'boti-cancelled-'));
    t.after(() => rm(dir, { recursive: true }));
    await mkdir(join(dir, 'servers'));
    const executable = process.execPath;
    const args = [join(import.meta.dirname, 'journal-cpi.ts')];
    await using cpi = openCpi({ executable, args, directorUuid: 'd', preferWarm, properties: { dir } });
    const controller = new AbortController();
    const call = cpi.cloud({ signal: controller.signal }).createVm(aVm('hung'));
    const server = join(dir, 'servers', 'hung');
    while (!existsSync(server)) await delay(20);
    const pid = Number(await readFile(server, 'utf8'));

    const started = performance.now();
    controller.abort(new Error('the task was cancelled'));
    await assert.rejects(call, /the task was cancelled/);
    assert.ok(performance.now() - started < 5000);

    // What the client does after its 15 seconds of grace.
    process.kill(pid, 'SIGKILL');
    // A call that meets the dying process is lost with it.
    while (
      (await cpi
        .cloud()
        .findCreation('none')
        .catch(() => 'lost')) === 'lost'
    )
      await delay(20);
    await cpi.cloud().createVm(aVm('next'));
    assert.deepEqual((await cpi.cloud().list()).vms, ['next']);
    assert.equal(await cpi.cloud().findCreation('hung'), undefined);
  });
}
