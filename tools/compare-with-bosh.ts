/**
 * Compares `boti interpolate` with upstream's CLI, byte for byte, on folders of manifests and ops files, such as clones
 * of bosh-deployment and cf-deployment: `BOSH_CLI=/path/to/bosh node tools/compare-with-bosh.ts FOLDER...`. With
 * `--only REGEXP` just the comparisons whose names match. Exit code 1 if any differs.
 */
import { parseArgs } from 'node:util';
import { comparisonsOf } from './compare-with-bosh/comparisons.ts';
import { readCorpus } from './compare-with-bosh/corpus.ts';
import { type Difference, openRunner } from './compare-with-bosh/run-both.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' }, list: { type: 'boolean', default: false } },
});
const only = new RegExp(values.only);
const upstream = process.env.BOSH_CLI ?? '';
if (upstream === '' || positionals.length === 0) {
  console.error('Usage: BOSH_CLI=/path/to/bosh node tools/compare-with-bosh.ts FOLDER... [--only REGEXP] [--list]');
  process.exit(2);
}

const totals = new Map<string, { equal: number; both: number; differs: number }>();
for (const folder of positionals) {
  const corpus = readCorpus(folder);
  console.error(
    `${folder}: ${corpus.documents.length} YAML files, ${corpus.bases.length} base manifests, ${corpus.operations.length} ops files`,
  );
  await using runner = await openRunner({ folder, upstream });
  for (const comparison of comparisonsOf(corpus)) {
    if (!only.test(comparison.name)) continue;
    if (values.list) console.log(`${comparison.name}: ${comparison.args.join(' ')}`);
    else count(comparison.kind, comparison.name, await runner.compare(comparison));
  }
}

for (const [kind, { equal, both, differs }] of totals) {
  console.log(`${kind}: ${equal + both} equal (${both} of them refused by both), ${differs} different`);
}
process.exit([...totals.values()].some(({ differs }) => differs > 0) ? 1 : 0);

function count(kind: string, name: string, result: Difference | 'equal' | 'both refuse'): void {
  const row = totals.get(kind) ?? { equal: 0, both: 0, differs: 0 };
  totals.set(kind, row);
  if (result === 'equal') row.equal += 1;
  else if (result === 'both refuse') row.both += 1;
  else {
    row.differs += 1;
    console.log(`DIFFERS ${name}\n  ${result.command}\n${result.lines.map((line) => `  ${line}`).join('\n')}`);
  }
}
