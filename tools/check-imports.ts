/** Who may import whom (docs/architecture.md). Prints each import that breaks a rule and exits with 1. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Unit folder → @boti packages that it may import. Tests may add testkit and cpi-sim. */
const formats = ['core', 'archive', 'manifest', 'release', 'stemcell', 'agent-protocol', 'director-api'];
const libraries = [
  ...formats,
  'templates',
  'cpi-sdk',
  'blobstore',
  'agent-client',
  'cpi-client',
  'cpi-conformance',
  'embedded-postgres',
  'certificates',
  'compile-cache',
  'boot-diagnosis',
  'service',
];
const allowed: Readonly<Record<string, readonly string[]>> = {
  'packages/core': [],
  'packages/archive': ['core'],
  'packages/manifest': ['core'],
  'packages/release': ['core', 'archive', 'manifest'],
  'packages/stemcell': ['core', 'archive'],
  'packages/agent-protocol': ['core'],
  'packages/director-api': ['core'],
  'packages/embedded-postgres': ['core'],
  'packages/certificates': ['core'],
  'packages/templates': ['core', 'release'],
  'packages/cpi-sdk': ['core', 'agent-protocol'],
  'packages/blobstore': ['core'],
  'packages/agent-client': ['core', 'agent-protocol'],
  'packages/cpi-client': ['core', 'cpi-sdk'],
  'packages/cpi-conformance': ['core', 'archive', 'stemcell'],
  'packages/boot-diagnosis': ['core', 'cpi-sdk'],
  'packages/compile-cache': ['core'],
  'packages/create-env': libraries,
  'packages/bundle': ['core'],
  'packages/cpi-scaffold': ['core', 'cpi-sdk'],
  'packages/service': ['core'],
  'packages/testkit': ['core', 'embedded-postgres', 'certificates'],
  'services/director': libraries,
  'services/agent': libraries,
  'services/blobstore-server': libraries,
  'services/health-monitor': ['core', 'agent-protocol', 'agent-client', 'director-api', 'service'],
  'services/registry': libraries,
  'stemcell-builder': libraries,
  cli: [...libraries, 'bundle', 'create-env', 'cpi-scaffold', 'stemcell-builder'],
  'cpis/container': ['core', 'cpi-sdk'],
  'cpis/sim': ['core', 'cpi-sdk', 'agent-protocol'],
};
const forTests = [
  'testkit',
  'certificates',
  'cpi-sim',
  'cpi-client',
  'cpi-conformance',
  'cpi-sdk',
  'agent-client',
  'agent-protocol',
  'blobstore',
  'release',
  'stemcell',
];

/** Folders of the Director that another one of its folders may not reach. */
const directorRules: readonly { readonly from: RegExp; readonly not: RegExp; readonly why: string }[] = [
  {
    from: /^planner\//,
    not: /^(?!planner\/|errors\.ts|director-error\.ts)/,
    why: 'the planner is pure: it imports no other folder of the Director',
  },
  { from: /^api\//, not: /^(deploy|cloud|agents)\//, why: 'the API enqueues tasks and reads stores; it runs nothing' },
  {
    from: /^(?!deploy\/|compilation\/|errands\/|cloud-check\/|tasks\/handlers\/|agents\/|cloud\/|scheduler\/|main\.ts|services\.ts)/,
    not: /^deploy\//,
    why: 'only task handlers and the parts of a deploy import deploy/',
  },
];

/** Where the Director's SQL stands, besides `database/` and `*-store.ts`: what belongs to one connection. */
const mayQuery =
  /^services\/director\/(?!src\/)|\/database\/|-store\.ts$|\.test\.ts$|\/worker-session\.ts$|\/crash-points\.ts$/;

const problems: string[] = [];
const files = globSync('{packages,services,cpis}/*/{src,test}/**/*.ts').concat(
  globSync('{cli,stemcell-builder}/{src,test}/**/*.ts'),
);
for (const file of files) {
  const unit = Object.keys(allowed).find((name) => file.startsWith(`${name}/`));
  if (unit === undefined) {
    problems.push(`${file}: its unit is not in tools/check-imports.ts`);
    continue;
  }
  for (const target of importsOf(file)) check(file, unit, target);
  if (unit === 'services/director' && !mayQuery.test(file) && /\.query[<(]/.test(readFileSync(file, 'utf8'))) {
    problems.push(`${file}: SQL belongs into a *-store.ts`);
  }
}
for (const problem of problems) console.error(problem);
console.error(`${files.length} files, ${problems.length} imports that break the rules`);
process.exit(problems.length === 0 && files.length > 0 ? 0 : 1);

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const pattern =
    /^\s*(?:import|export)\b[^'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|^import\s*['"]([^'"]+)['"]/gm;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function check(file: string, unit: string, target: string): void {
  const isTest = file.includes('/test/') || file.includes('.test.') || file.includes('test-builders');
  const own = /^@boti\/([^/]+)(\/.*)?$/.exec(target);
  if (own !== null) {
    const [, name = '', inner] = own;
    if (inner !== undefined) problems.push(`${file}: imports ${target}; only a package's index may be imported`);
    const permitted = [...(allowed[unit] ?? []), ...(isTest ? forTests : [])];
    if (!permitted.includes(name)) problems.push(`${file}: ${unit} may not import @boti/${name}`);
  }
  if (target.startsWith('.')) checkRelative(file, unit, target, isTest);
  if (unit === 'services/director' && file.includes('/src/planner/') && target.startsWith('node:') && !isTest) {
    problems.push(`${file}: the planner is pure, it may not import ${target}`);
  }
}

function checkRelative(file: string, unit: string, target: string, isTest: boolean): void {
  const resolved = normalize(join(dirname(file), target));
  if (!resolved.startsWith(`${unit}/`)) problems.push(`${file}: reaches into another unit by ${target}`);
  if (unit !== 'services/director' || isTest) return;
  const from = file.replace('services/director/src/', '');
  const to = resolved.replace('services/director/src/', '');
  for (const rule of directorRules) {
    if (rule.from.test(from) && rule.not.test(to)) problems.push(`${file}: imports ${to}; ${rule.why}`);
  }
}
