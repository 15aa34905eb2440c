import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planDeployment } from '../plan-deployment.ts';
import { aGroup, aJob, aManifest, aRelease, aRequest, aSnapshot } from '../plan-request.test-builders.ts';

type Properties = Readonly<Record<string, unknown>>;

const spec = { name: '', templates: {}, packages: [], properties: {}, provides: [], consumes: [] };

const release = aRelease({
  jobs: [
    aJob({
      name: 'server',
      spec: {
        ...spec,
        properties: { 'redis.port': { default: 6379 }, 'redis.name': {}, other: {} },
        provides: [{ name: 'api', type: 'http', properties: ['redis.port', 'redis.name'] }],
      },
    }),
    aJob({ name: 'client', spec: { ...spec, consumes: [{ name: 'api', type: 'http' }] } }),
    aJob({ name: 'guest', spec: { ...spec, consumes: [{ name: 'api', type: 'http', optional: true }] } }),
    aJob({
      name: 'broken',
      spec: { ...spec, provides: [{ name: 'b', type: 'b', properties: ['undeclared'] }] },
    }),
  ],
  packages: [],
});

test('the only provider of a type is found without being named', () => {
  const { content } = linkOf({ consumer: { name: 'client' } });

  assert.deepEqual(content?.properties, { redis: { port: 6379, name: null } });
  assert.equal(content?.group_name, 'api-http');
});

test('two providers of a type are too many, for an optional consumer too', () => {
  const twice = [provider('one'), provider('two')];

  for (const name of ['client', 'guest']) {
    assert.throws(
      () => linkOf({ providers: twice, consumer: { name } }),
      multiple(`Failed to resolve link 'api' with type 'http' from job '${name}' in instance group 'web'`),
    );
  }
});

test('no provider is an error, unless the consumer is optional', () => {
  assert.throws(() => linkOf({ providers: [], consumer: { name: 'client' } }), {
    errorCode: 100,
    message:
      "Failed to resolve links from deployment 'golden'. See errors below:\n" +
      "  - Failed to resolve link 'api' with type 'http' from job 'client' in instance group 'web'. Details below:\n" +
      '    - No link providers found',
  });
  assert.equal(linkOf({ providers: [], consumer: { name: 'guest' } }).content, undefined);
});

test('a named provider that is not there is an error, for an optional consumer too', () => {
  for (const name of ['client', 'guest']) {
    assert.throws(() => linkOf({ consumer: { name, consumes: { api: { from: 'nosuch' } } } }), {
      message:
        "Failed to resolve links from deployment 'golden'. See errors below:\n" +
        `  - Failed to resolve link 'api' with alias 'nosuch' and type 'http' from job '${name}' in instance group 'web'. Details below:\n` +
        '    - No link providers found',
    });
  }
});

test('a provider is known by the name that `as` gives it', () => {
  const providers = [provider('one', { api: { as: 'first' } }), provider('two', { api: { as: 'second' } })];

  const { content } = linkOf({ providers, consumer: { name: 'client', consumes: { api: { from: 'x.second' } } } });

  assert.equal(content?.instance_group, 'two');
});

test('nil takes a link away from who provides and from who consumes', () => {
  const nobody = linkOf({ providers: [provider('one', { api: 'nil' })], consumer: { name: 'guest' } });
  const blocked = linkOf({ consumer: { name: 'guest', consumes: { api: 'nil' } } });

  assert.deepEqual([nobody.content, blocked.content], [undefined, undefined]);
  assert.throws(() => linkOf({ consumer: { name: 'client', consumes: { api: 'nil' } } }), { errorCode: 100 });
});

test('a manual link is what the manifest says', () => {
  const manual = { instances: [{ address: '1.2.3.4' }], properties: { port: 1 }, address: 'elsewhere' };

  const { content } = linkOf({ providers: [], consumer: { name: 'client', consumes: { api: manual } } });

  assert.deepEqual(content, { ...manual, deployment_name: 'golden' });
});

test('addresses are names where DNS is wanted', () => {
  const features = { use_dns_addresses: true };

  const named = linkOf({ consumer: { name: 'client' }, manifest: { features } });
  const numbered = linkOf({
    consumer: { name: 'client', consumes: { api: { ip_addresses: true } } },
    manifest: { features },
  });

  assert.deepEqual([addressOf(named), addressOf(numbered)], ['new-0.one.default.golden.bosh', '10.10.0.10']);
});

test('a custom provider offers what the release did not think of', () => {
  const custom = [{ name: 'extra', type: 'http', properties: ['other'] }];
  const job = { ...provider('one', { api: 'nil' }).jobs[0], custom_provider_definitions: custom };
  const providers = [{ ...provider('one'), jobs: [{ ...job, properties: { other: 'x' } }] }];

  const { content } = linkOf({ providers, consumer: { name: 'client' } });

  assert.deepEqual([content?.properties, content?.group_name], [{ other: 'x' }, 'extra-http']);
});

test('all faults are told at once', () => {
  const groups = [
    aGroup({ name: 'a', jobs: [{ name: 'broken', release: 'golden', provides: { nope: {} } }] }),
    aGroup({ name: 'b', jobs: [{ name: 'client', release: 'golden' }] }),
    aGroup({ name: 'c', jobs: [{ name: 'guest', release: 'golden', consumes: { api: { network: 'x' } } }] }),
    provider('d', { api: { as: 'api', name: 'x' } }),
  ];

  assert.throws(
    () => plan({ instance_groups: groups }),
    (error: Error) => error.message.match(/^ {2}- /gm)?.length === 5,
  );
});

interface Scenario {
  readonly providers?: readonly Properties[];
  readonly consumer: Properties;
  readonly manifest?: Properties;
}

function linkOf({ providers = [provider('one')], consumer, manifest = {} }: Scenario) {
  const web = aGroup({ jobs: [{ release: 'golden', ...consumer }] });
  const made = plan({ instance_groups: [...providers, web], ...manifest });
  const content: Record<string, unknown> | undefined = made.groups.at(-1)?.jobs[0]?.links.api;
  return { content };
}

function plan(overrides: Properties) {
  return planDeployment(aRequest({ manifest: aManifest(overrides), snapshot: aSnapshot({ releases: [release] }) }));
}

function provider(name: string, provides: Properties = {}) {
  return { ...aGroup({ name, instances: 1 }), jobs: [{ name: 'server', release: 'golden', provides }] };
}

function addressOf({ content }: { readonly content: Record<string, unknown> | undefined }): unknown {
  const [first] = (content?.instances ?? []) as readonly { readonly address: unknown }[];
  return first?.address;
}

function multiple(start: string) {
  return {
    message:
      `Failed to resolve links from deployment 'golden'. See errors below:\n  - ${start}. Details below:\n` +
      '    - Multiple link providers found:\n' +
      "      - Link provider 'api' from job 'server' in instance group 'one' in deployment 'golden'\n" +
      "      - Link provider 'api' from job 'server' in instance group 'two' in deployment 'golden'",
  };
}
