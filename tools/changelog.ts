/**
 * Gathers changes/*.md into CHANGELOG.md. Without arguments: writes its section "Unreleased" anew. `--check`: only looks
 * whether every fragment has the form that CONTRIBUTING.md describes. VERSION: makes the section that version's and
 * deletes the fragments.
 */
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const kinds = ['added', 'changed', 'fixed', 'security'] as const;
type Kind = (typeof kinds)[number];

interface Fragment {
  readonly file: string;
  readonly kind: Kind;
  readonly text: string;
}

const changelog = 'CHANGELOG.md';
const start = '# Changes\n\nWhat operators, release authors and CPI authors will notice, newest first.\n';
const unreleased = '## Unreleased\n';

const [argument] = process.argv.slice(2);
const files = globSync('changes/*.md').sort();
const fragments = files.map(parse);
if (argument !== '--check') write(argument);
console.error(`${fragments.length} change fragments${argument === '--check' ? '' : ` in ${changelog}`}`);

function parse(file: string): Fragment {
  const [, kind = '', text = ''] = /^kind: (\w+)\n\n([^\n][\s\S]*)$/.exec(readFileSync(file, 'utf8')) ?? [];
  const known = kinds.find((one) => one === kind);
  if (known === undefined || text.trim() === '') {
    console.error(`${file}: must begin with 'kind: ${kinds.join('|')}', then an empty line, then what has changed`);
    process.exit(1);
  }
  return { file, kind: known, text: text.trim().replaceAll(/\s*\n\s*/g, ' ') };
}

function write(version: string | undefined): void {
  const sections = kinds.flatMap((kind) => section(kind));
  const title = version === undefined ? unreleased : `## ${version}\n`;
  writeFileSync(changelog, [start, ...(sections.length === 0 ? [] : [title, ...sections]), ...released()].join('\n'));
  if (version !== undefined) for (const { file } of fragments) rmSync(file);
}

function section(kind: Kind): string[] {
  const lines = fragments.filter((fragment) => fragment.kind === kind).map(({ text }) => `- ${text}\n`);
  return lines.length === 0 ? [] : [`### ${kind[0]?.toUpperCase()}${kind.slice(1)}\n`, lines.join('')];
}

/** What earlier versions have changed, as it stands in the file. */
function released(): string[] {
  const text = globSync(changelog).length === 0 ? '' : readFileSync(changelog, 'utf8');
  const versions = text.split(/^(?=## )/m).slice(1);
  return versions.filter((one) => !one.startsWith(unreleased)).map((one) => `${one.trimEnd()}\n`);
}
