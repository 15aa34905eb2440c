import assert from 'node:assert/strict';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openTempDir } from '@boti/core';
import { simExecutable } from '@boti/cpi-sim';
import {
  type ConformanceOptions,
  countOutcomes,
  findingText,
  htmlReport,
  isConformant,
  jsonReport,
  junitReport,
  type RuleOutcome,
  runConformance,
} from '../src/index.ts';

const dir = await openTempDir('boti-kit-');
// Folders of the runs come here, where no other run has its own.
process.env.TMPDIR = dir.path;
after(() => dir[Symbol.asyncDispose]());

const sim: ConformanceOptions = {
  executable: simExecutable,
  configPath: join(import.meta.dirname, '../../../cpis/sim/conformance.yml'),
  level: 'live',
};

/** A CPI in shell. `answer` is run with the request in $request. */
async function shellCpi(name: string, answer: string): Promise<string> {
  const path = join(dir.path, name);
  await writeFile(path, `#!/bin/sh\nrequest=$(cat)\n${answer}\n`);
  await chmod(path, 0o755);
  return path;
}

const info = `case $request in *'"method":"info"'*) echo '{"result":{"api_version":2,"stemcell_formats":["x"]},"error":null,"log":""}'; exit;; esac`;

function broken(outcomes: readonly RuleOutcome[]): readonly string[] {
  return outcomes.filter(({ status }) => ['failed', 'warning', 'blocked'].includes(status)).map(({ rule }) => rule.id);
}

test('the simulated cloud keeps every rule, under kills and races too', async () => {
  const { outcomes, hide } = await runConformance({ ...sim, level: 'chaos' });

  const findings = outcomes.filter(({ rule }) => broken(outcomes).includes(rule.id));
  assert.deepEqual(
    findings.map((outcome) => findingText(outcome, hide)),
    [],
  );
  assert.ok(countOutcomes(outcomes).passed > 300);
  assert.deepEqual(
    outcomes.filter(({ status }) => status === 'not_applicable').map(({ rule }) => rule.id),
    ['E1.3', 'M12.5'],
  );
});

test('a CPI that keeps no rule hears of each with the call that shows it', async () => {
  const executable = await shellCpi('careless', `${info}\necho 'starting'\necho '{"result":true,"log":null}'\nexit 3`);

  const result = await runConformance({ executable, level: 'offline', jobs: 4 });

  const found = broken(result.outcomes);
  for (const id of ['P1.1', 'P2.1', 'P2.4', 'P9.1', 'E1.2', 'A1.delete_vm', 'A2.create_disk', 'V6.1']) {
    assert.ok(found.includes(id), `${id} in ${found.join(' ')}`);
  }
  assert.ok(!isConformant(result.outcomes, false));
  const outcome = result.outcomes.find(({ rule }) => rule.id === 'E1.2') as RuleOutcome;
  assert.match(
    findingText(outcome, result.hide),
    /FAILED +E1\.2[\s\S]+expected +Bosh::Clouds::NotImplemented[\s\S]+got +success: true[\s\S]+sent +\{"method":"no_such_method"[\s\S]+came[\s\S]+starting[\s\S]+exit code 3[\s\S]+why[\s\S]+mend/,
  );
});

test('errors of a type that no Director knows, secrets and hidden crashes are found', async () => {
  const answer = `${info}
case $request in
*'"method":"has_vm"'*) echo '{"result":null,"error":{"type":"MyError","message":"no","ok_to_retry":false},"log":""}';;
*) printf '%s' "$request" >&2; echo '{"result":null,"error":{"type":"Bosh::Clouds::CpiError","message":"","ok_to_retry":true},"log":""}';;
esac`;

  const { outcomes } = await runConformance({
    executable: await shellCpi('talkative', answer),
    level: 'offline',
    jobs: 4,
  });

  const found = broken(outcomes);
  for (const id of ['E1.1', 'E2.1', 'P2.5', 'P3.2', 'P3.5'])
    assert.ok(found.includes(id), `${id} in ${found.join(' ')}`);
});

test('rules that need what cannot be made are blocked, not passed', async () => {
  const answer = `${info}\necho '{"result":null,"error":{"type":"Bosh::Clouds::CloudError","message":"quota","ok_to_retry":false},"log":""}'`;

  const { outcomes } = await runConformance({
    executable: await shellCpi('full', answer),
    level: 'live',
    only: ['M7', 'M14'],
  });

  const blocked = outcomes.find(({ rule }) => rule.id === 'M7.1');
  assert.equal(blocked?.status, 'blocked');
  assert.match(blocked?.reason ?? '', /'create_stemcell' failed: .*quota/);
  assert.ok(!isConformant(outcomes, false));
});

test('an interrupted run removes what it has made', async () => {
  const interrupt = new AbortController();
  let calls = 0;

  const { wasInterrupted, outcomes, leftInCloud } = await withListing(async (config) => {
    const result = await runConformance({
      ...sim,
      configPath: config,
      signal: interrupt.signal,
      onOutcome() {
        calls += 1;
        if (calls === 40) interrupt.abort(new Error('enough'));
      },
    });
    return result;
  });

  assert.ok(wasInterrupted);
  assert.ok(outcomes.some(({ status }) => status === 'not_run'));
  assert.deepEqual(leftInCloud, { vms: [], disks: [], stemcells: [], snapshots: [] });
});

/** Runs with a cloud that outlives the run, and says what is left in it. */
async function withListing<T>(run: (config: string) => Promise<T>): Promise<T & { readonly leftInCloud: unknown }> {
  const stateDir = join(dir.path, 'kept');
  const config = join(dir.path, 'kept.yml');
  await writeFile(config, JSON.stringify({ executable: { cpi_json: { stateDir } } }));
  const result = await run(config);
  const { openCpi } = await import('@boti/cpi-client');
  await using cpi = openCpi({ executable: simExecutable, directorUuid: 'd', properties: { stateDir } });
  return { ...result, leftInCloud: await cpi.cloud().list() };
}

test('reports say the same in every form, hide secrets, and the run leaves no files', async () => {
  const answer = `${info}\necho "{\\"result\\":null,\\"error\\":{\\"type\\":\\"Bosh::Clouds::CloudError\\",\\"message\\":\\"<b>&'\\",\\"ok_to_retry\\":false},\\"log\\":\\"\\"}"`;
  const result = await runConformance({
    executable: await shellCpi('<odd>&', answer),
    level: 'offline',
    only: ['A3'],
  });

  const json = jsonReport(result);
  const html = htmlReport(result);
  const junit = junitReport(result, true);

  assert.equal(json.schema, 'boti-cpi-conformance/1');
  assert.equal(json.rules.length, result.outcomes.length);
  assert.equal(json.conformant, true);
  assert.ok(json.summary.warning > 10);
  assert.equal(json.rules.find(({ id }) => id === 'A3.has_vm')?.finding?.exchange?.ending, 'answered');
  assert.match(html, /&lt;odd&gt;&amp;/);
  assert.ok(!html.includes('<b>') && !/<(script|link|img)/.test(html));
  assert.equal(junit.match(/<testcase /g)?.length, result.outcomes.length);
  assert.equal(junit.match(/<failure /g)?.length, json.summary.warning);
  assert.deepEqual(
    (await readdir(tmpdir())).filter((name) => name.startsWith('boti-cpi-')),
    [],
  );
});
