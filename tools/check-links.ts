/** Checks that relative links in the repo's Markdown lead to files that exist. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const files = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).trim().split('\n');
const broken = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !existsSync(join(dirname(file), target)))
    .map((target) => `${file}: ${target} does not exist`),
);
for (const line of broken) console.error(line);
process.exit(broken.length === 0 ? 0 : 1);
