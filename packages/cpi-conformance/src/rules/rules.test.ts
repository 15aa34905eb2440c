import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { familyOf } from '../report/families.ts';
import { rulesDocument } from '../report/rules-document.ts';
import { levels } from '../rule.ts';
import { allRules, fileOfRule } from './index.ts';

const root = join(import.meta.dirname, '../../../..');
const contract = readFileSync(join(root, 'docs/contracts/cpi.md'), 'utf8');

test('docs/contracts/cpi-rules.md is what the rules say; else run bin/node tools/write-cpi-rules.ts', () => {
  assert.equal(readFileSync(join(root, 'docs/contracts/cpi-rules.md'), 'utf8'), rulesDocument());
});

test('each id is used once, and belongs to a rule of the contract', () => {
  const ids = allRules.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const inContract = new Set([...contract.matchAll(/^\| ([A-Z]\d+) +\|/gm)].map(([, id]) => id));
  const strangers = ids.filter((id) => !inContract.has(id.split('.')[0]));
  assert.deepEqual(strangers, []);
});

test('each rule says all that a reader needs', () => {
  for (const rule of allRules) {
    assert.ok(rule.title.length > 15 && !rule.title.endsWith('.'), `${rule.id}: title`);
    for (const key of ['why', 'remedy', 'source'] as const) assert.ok(rule[key].length > 3, `${rule.id}: ${key}`);
    assert.ok(rule.why.endsWith('.') && rule.remedy.endsWith('.'), `${rule.id}: why and remedy are sentences`);
    assert.ok(rule.versions.length > 0 && levels.includes(rule.level), rule.id);
    assert.ok(familyOf(rule));
    assert.match(readFileSync(join(root, fileOfRule(rule)), 'utf8'), /ruleSet\(/);
  }
  assert.ok(allRules.length >= 150);
});
