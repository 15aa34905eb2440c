import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { checkCloudProperties, parseCloudProperties, propertiesMarkdown } from './cloud-properties.ts';

const vm = z.strictObject({
  flavor: z.enum(['small', 'large']).describe('Size of the server'),
  root_disk: z.strictObject({ size: z.number().default(10).describe('GiB | at least 3') }).optional(),
  groups: z.array(z.string()).default([]),
});
const network = z.strictObject({ net_id: z.string() });

test('cloud properties are checked before the cloud is asked, and each wrong one is named', () => {
  const check = (flavor: string, netId: unknown): void =>
    checkCloudProperties({ vm, network }, 'create_vm', [
      'a',
      's',
      { flavor },
      { lan: { cloud_properties: { net_id: netId } } },
    ]);

  check('small', 'n-1');
  assert.throws(() => check('tiny', 'n-1'), { type: 'CpiError', message: /of the vm are wrong: flavor: / });
  assert.throws(() => check('small', 7), { type: 'CpiError', message: /of network 'lan' are wrong: net_id: / });
  checkCloudProperties({ vm }, 'create_disk', [1, { anything: true }]);
});

test('absent cloud properties are empty ones', () => {
  assert.deepEqual(parseCloudProperties(z.strictObject({ size: z.number().default(3) }), null, 'the disk'), {
    size: 3,
  });
});

test('schemas print as documentation', () => {
  const config = z.strictObject({ url: z.string().describe('Of the API') });

  assert.equal(
    propertiesMarkdown('toy', config, { vm }),
    `# CPI toy

## Configuration

| property | type | default | meaning |
|---|---|---|---|
| \`url\` | string | required | Of the API |

## Cloud properties: VM types, VM extensions and AZs

| property | type | default | meaning |
|---|---|---|---|
| \`flavor\` | \`small\`, \`large\` | required | Size of the server |
| \`root_disk\` | object |  |  |
| \`root_disk.size\` | number | \`10\` | GiB \\| at least 3 |
| \`groups\` | list of string | \`[]\` |  |

`,
  );
});

test('configurations that exclude one another print one after the other', () => {
  const config = z.union([z.strictObject({ folder: z.string() }), z.strictObject({ url: z.string() })]);

  const head = '| property | type | default | meaning |\n|---|---|---|---|\n';
  const tables = `${head}| \`folder\` | string | required |  |\n\nor\n\n${head}| \`url\` | string | required |  |`;
  assert.ok(propertiesMarkdown('toy', config).includes(tables));
});
