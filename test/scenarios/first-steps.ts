import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { directorCli } from '../scene/director-cli.ts';
import { type Cast, exampleRelease } from '../scene/redis-deployment.ts';
import type { Stage } from './redis-life-cycle.ts';

/** From an alias to a first deployment that does what it is for. */
export function firstSteps(stage: Stage, { cli: program }: Cast): void {
  test('alias-env wants the CA, log-in the right password', async () => {
    const { director } = stage();
    const env = { ...director.env, BOSH_CONFIG: join(director.dir, 'another-config.yml'), BOSH_ENVIRONMENT: 'mine' };
    const cli = directorCli(program, env);
    const credentials = JSON.parse(await readFile(join(director.home, 'credentials.json'), 'utf8'));
    const logIn = (password: string) =>
      directorCli(program, { ...env, BOSH_CLIENT: 'admin', BOSH_CLIENT_SECRET: password }).attempt('log-in');

    const withoutCa = await cli.attempt('alias-env', 'mine', '-e', director.url);
    const withCa = await cli.attempt('alias-env', 'mine', '-e', director.url, '--ca-cert', director.caCert);
    const anonymous = await cli.attempt('deployments');
    const wrong = await logIn('wrong');
    const right = await logIn(credentials.adminPassword);
    const [environment] = await cli.rows('env');

    assert.match(withoutCa.stderr, /certificate/);
    const exitCodes = [withoutCa, withCa, anonymous, wrong, right].map(({ exitCode }) => exitCode);
    assert.deepEqual(exitCodes, [1, 0, 1, 1, 0]);
    assert.deepEqual([environment?.name, environment?.user], ['boti', 'admin']);
  });

  test('a stemcell is uploaded once, and a cloud config that says the same is no new one', async () => {
    const { director, cli } = stage();
    const [built] = await cli.rows('stemcells');
    const cloudConfig = join(director.dir, 'cloud-config.yml');
    await writeFile(cloudConfig, await cli.run('cloud-config'));

    await cli.run('delete-stemcell', `${built?.name}/${built?.version?.replace('*', '')}`);
    assert.deepEqual(await cli.rows('stemcells'), []);
    await cli.run('upload-stemcell', join(director.dir, 'stemcell.tgz'));
    await cli.run('upload-stemcell', join(director.dir, 'stemcell.tgz'));
    await cli.run('update-cloud-config', cloudConfig);

    const [uploaded, ...others] = await cli.rows('stemcells');
    assert.deepEqual([uploaded?.name, uploaded?.os, others], [built?.name, 'debian-bookworm', []]);
    assert.equal((await cli.rows('configs')).length, 1);
  });

  test('a release is created, uploaded and inspected', async () => {
    const { director, cli } = stage();
    const dir = await exampleRelease(director);
    const tarball = join(director.dir, 'release.tgz');

    await cli.run('create-release', '--dir', dir, '--force', '--tarball', tarball);
    await cli.run('upload-release', tarball);

    const [release, ...others] = await cli.rows('releases');
    assert.deepEqual([release?.name, release?.version, others], ['redis', '0+dev.1', []]);
    const jobs = (await cli.rows('inspect-release', 'redis/0+dev.1')).map(({ job }) => job?.split('/')[0]);
    assert.deepEqual(jobs, ['redis', 'smoke-tests']);
  });

  test('deploy compiles Redis and runs one primary and two replicas', async () => {
    const { cli, deploy, instances } = stage();

    await deploy();

    const states = (await instances()).map(({ group, state }) => `${group} ${state}`);
    assert.deepEqual(states, ['primary running', 'replica running', 'replica running']);
    assert.equal((await cli.rows('vms')).length, 3);
    const [deployment] = await cli.rows('deployments');
    assert.deepEqual([deployment?.name, deployment?.release_s], ['redis', 'redis/0+dev.1']);
  });

  test('what is written to the primary is read from each replica, and replicas refuse to write', async () => {
    const { redis, primary, instances, expectReplicated } = stage();
    const { ip } = await primary();
    const [replica] = await instances('replica');

    assert.equal(await redis(ip, 'SET', 'before', 'everything'), 'OK');

    await expectReplicated('before', 'everything');
    await assert.rejects(redis(replica?.ip ?? '', 'SET', 'before', 'nothing'), /READONLY/);
  });

  test('the errand passes, and its VM is gone afterwards', async () => {
    const { cli } = stage();

    const [result] = await cli.rows('run-errand', 'smoke-tests');

    assert.equal(result?.exit_code, '0');
    assert.match(result?.stdout ?? '', /passed: 1 primary, 2 replica\(s\)/);
    assert.equal((await cli.rows('vms')).length, 3);
  });
}
