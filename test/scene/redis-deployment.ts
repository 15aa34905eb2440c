import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@boti/core';
import { waitFor } from '@boti/testkit';
import { type DirectorCli, directorCli, type Row } from './director-cli.ts';
import { type EmbeddedDirector, embeddedDirector, root, stemcell } from './embedded-director.ts';
import { type Reply, redis, redisInfo } from './redis-client.ts';

export interface Instance {
  readonly slug: string;
  readonly group: string;
  readonly state: string;
  readonly ip: string;
  readonly vm: string;
  readonly disk: string;
}

/** The programs that a scenario is played with. */
export interface Cast {
  /** The program behind every step: ours, or upstream's. */
  readonly cli: string;
  /** An agent in the place of ours. */
  readonly agent?: string;
}

/** An embedded Director, and the example deployment on it. */
export interface RedisDeployment extends AsyncDisposable {
  readonly director: EmbeddedDirector;
  readonly cli: DirectorCli;
  /** Deploys the example as the operations change it. */
  deploy(...operations: readonly Operation[]): Promise<string>;
  /** The same, when it is to fail: answers what the program has said. */
  failToDeploy(...operations: readonly Operation[]): Promise<string>;
  /** The example's groups, without those of an errand. */
  instances(group?: string): Promise<readonly Instance[]>;
  primary(): Promise<Instance>;
  redis(ip: string, ...command: readonly string[]): Promise<Reply>;
  /** Changes whenever the process does. */
  runId(ip: string): Promise<string>;
  /** Waits until every replica has what the primary has. */
  expectReplicated(key: string, value: string): Promise<void>;
}

export interface Operation {
  readonly path: string;
  readonly value: unknown;
}

export async function redisDeployment({ cli: program, agent }: Cast): Promise<RedisDeployment> {
  await using undo = new AsyncDisposableStack();
  const director = undo.use(await embeddedDirector());
  const tarball = await stemcell(director, agent);
  await director.up('--no-example', '--stemcell', tarball);
  const cli = directorCli(program, { ...director.env, BOSH_ENVIRONMENT: 'boti', BOSH_DEPLOYMENT: 'redis' });
  const varsStore = join(director.dir, 'vars.yml');
  const password = async (): Promise<string> =>
    /^redis_password: (\S+)$/m.exec(await readFile(varsStore, 'utf8'))?.[1] ?? '';
  const instances: RedisDeployment['instances'] = async (group) => {
    const all = (await cli.rows('instances', '--details')).map(instanceOf);
    return all.filter((one) => (group === undefined ? one.group !== 'smoke-tests' : one.group === group));
  };
  const ask = async (ip: string, ...command: readonly string[]): Promise<Reply> =>
    redis(ip, await password(), ...command);
  const deployArguments = async (operations: readonly Operation[]): Promise<readonly string[]> => {
    const file = join(director.dir, 'operations.json');
    await writeFile(file, JSON.stringify(operations.map((operation) => ({ type: 'replace', ...operation }))));
    return ['deploy', join(root, 'examples/redis.yml'), '--vars-store', varsStore, '--ops-file', file];
  };
  const lifetime = undo.move();
  return {
    director,
    cli,
    instances,
    redis: ask,
    deploy: async (...operations) => cli.run(...(await deployArguments(operations))),
    async failToDeploy(...operations) {
      const { exitCode, stdout, stderr } = await cli.attempt(...(await deployArguments(operations)));
      assert.equal(exitCode, 1, stdout);
      return `${stdout}${stderr}`;
    },
    async primary() {
      const [primary] = await instances('primary');
      return primary as Instance;
    },
    runId: async (ip) => redisInfo(ip, await password(), 'server', 'run_id'),
    async expectReplicated(key, value) {
      for (const { slug, ip } of await instances('replica')) {
        await waitFor(`'${key}' to reach ${slug}`, async () => (await ask(ip, 'GET', key)) === value);
      }
    },
    [Symbol.asyncDispose]: () => lifetime.disposeAsync(),
  };
}

function instanceOf(row: Row): Instance {
  const column = (name: string): string => {
    const value = row[name];
    assert.ok(value !== undefined, `no column '${name}' in ${JSON.stringify(row)}`);
    return value;
  };
  return {
    slug: column('instance'),
    group: column('instance').split('/')[0] ?? '',
    state: column('process_state'),
    ip: column('ips'),
    vm: column('vm_cid'),
    disk: column('disk_cids'),
  };
}

/** A copy of the example's release directory, with the source of Redis in it. */
export async function exampleRelease({ dir, env }: EmbeddedDirector): Promise<string> {
  await runCommand(join(root, 'bin/node'), [join(root, 'tools/fetch-redis-source.ts')], { env, timeoutMs: 300_000 });
  const copy = join(dir, 'release');
  await cp(join(root, 'examples/releases/redis'), copy, { recursive: true });
  return copy;
}
