import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  type CreateEnvTemplateContext,
  createTemplateRenderer,
  type JobPropertyDefinition,
  jobProperties,
} from '../src/index.ts';

type Properties = Record<string, unknown> & { readonly dm?: unknown };

interface Recorded {
  readonly definitions: Record<string, JobPropertyDefinition>;
  readonly global: Properties;
  readonly instanceGroup: Properties;
  readonly jobLevel: Record<string, Properties>;
  readonly cases: readonly {
    readonly level: string;
    readonly name: string;
    readonly erb: string;
    readonly content: string;
  }[];
}

const recorded = JSON.parse(
  readFileSync(new URL('./fixtures/create-env-templates.json', import.meta.url), 'utf8'),
) as Recorded;

/** The fixture's maps are at most two deep. */
function merged(): Properties {
  const own = recorded.instanceGroup.dm as Properties;
  const dm = { ...(recorded.global.dm as Properties), ...own };
  return { ...recorded.global, ...recorded.instanceGroup, dm };
}

function contextAt(level: string): CreateEnvTemplateContext {
  const jobLevel = recorded.jobLevel[level];
  const sorted = (map: Properties) => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
  const defaults = Object.entries(recorded.definitions).map(([name, { default: value = null }]) => [name, value]);
  return {
    name: 'web',
    index: 0,
    id: '5f1d9ee0-0000-4000-8000-000000000000',
    az: 'unknown',
    bootstrap: true,
    job: { name: 'web' },
    deployment: 'tiny',
    address: '10.0.0.5',
    networks: { default: { ip: '', netmask: '', gateway: '' } },
    global_properties: { ...sorted(recorded.global), ...(jobLevel === undefined ? sorted(merged()) : {}) },
    cluster_properties: sorted(recorded.instanceGroup),
    job_properties: jobLevel === undefined ? null : sorted(jobLevel),
    default_properties: Object.fromEntries(defaults) as Properties,
    properties: jobProperties(recorded.definitions, jobLevel ?? merged()),
  };
}

test('templates of create-env come out as the CLI renders them', async () => {
  await using renderer = createTemplateRenderer();

  for (const level of new Set(recorded.cases.map((each) => each.level))) {
    const cases = recorded.cases.filter((each) => each.level === level);
    const templates = cases.map(({ name, erb }) => ({ source: `${name}.erb`, destination: name, erb }));
    const request = { dialect: 'create-env' as const, job: 'web', templates, context: contextAt(level) };

    const files = await renderer.render(request);

    const expected = cases.map(({ name, content }) => ({ name, content }));
    assert.deepEqual(
      files.map(({ destination, content }) => ({ name: destination, content })),
      expected,
    );
  }
});
