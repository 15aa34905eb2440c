import { readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExpectedError, messageOf } from '@boti/core';
import { type BuildOptions, build, type Plugin } from 'esbuild';

export interface BundledProgram {
  /** The source file that is run. */
  readonly entry: string;
  readonly outfile: string;
  /** Smaller, but stack traces name no source. */
  readonly isMinified: boolean;
  /**
   * `import.meta` of a source stays what it is where the source stands. Only for a bundle that runs beside its sources;
   * otherwise a program that asks for it is refused.
   */
  readonly keepsSourcePaths?: boolean;
  /** `import.meta` is what it is where the bundle stands: what a source finds beside itself lies beside the bundle. */
  readonly hasFilesBeside?: boolean;
  /** `esm` for programs that await something at their top level; it takes some 10 ms and 16 MB more. Default `cjs`. */
  readonly format?: 'cjs' | 'esm';
  /** Of the modules that are imported on demand only those that this is true for; to import another one is an error. */
  readonly includes?: (path: string) => boolean;
  /** Node's own modules are loaded when something of them is used, not at the start. For programs that start often. */
  readonly loadsBuiltinsLate?: boolean;
}

/**
 * Writes one file and returns the files that went into it. As CommonJS where that will do, because an ES module that
 * imports `node:http` loads a whole WebSocket client, 16 MB of it. What is imported on demand is still evaluated on
 * demand.
 */
export async function bundleProgram(program: BundledProgram): Promise<readonly string[]> {
  try {
    const { metafile } = await build(buildOptions(program));
    if (program.loadsBuiltinsLate && program.format !== 'esm')
      await loadBuiltinsLate(resolve(dirname(program.entry), program.outfile));
    return Object.keys(metafile?.inputs ?? {}).sort();
  } catch (cause) {
    throw new ExpectedError(`Bundling '${program.entry}': ${messageOf(cause)}`, { cause });
  }
}

function buildOptions(program: BundledProgram): BuildOptions {
  const { entry, outfile, isMinified, keepsSourcePaths = false, format = 'cjs' } = program;
  return {
    absWorkingDir: dirname(entry),
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format,
    target: 'node24',
    minify: isMinified,
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    // It runs a program that it finds beside its own file.
    external: keepsSourcePaths ? ['esbuild'] : [],
    plugins: pluginsFor(program),
    ...metaOptions(program),
    logLevel: 'silent',
    logOverride: { 'empty-import-meta': 'error' },
  };
}

function pluginsFor({ entry, keepsSourcePaths, format, includes }: BundledProgram): Plugin[] {
  return [
    ...(includes === undefined ? [] : [onlyIncluded(includes)]),
    onlyEnglish,
    ...(keepsSourcePaths ? [sourcePaths] : format === 'esm' ? [] : [lastAwait(entry)]),
  ];
}

/** What `import.meta` is, and in an ES module `require`, which packages of CommonJS call. */
function metaOptions(program: BundledProgram): Pick<BuildOptions, 'define' | 'banner'> {
  if (program.keepsSourcePaths) return { define: sourceMeta };
  if (program.format === 'esm') return { banner: { js: requireInEsm } };
  return program.hasFilesBeside ? { define: bundleMeta, banner: { js: bundlePaths } } : {};
}

const requireInEsm =
  "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);";

const lateBuiltin =
  'const lateBuiltin = (name) => new Proxy({}, { get: (_, key) => process.getBuiltinModule(name)[key] });';

/** A bundle reads named imports as properties of what `require` answered, each time: it may as well answer late. */
async function loadBuiltinsLate(outfile: string): Promise<void> {
  const text = await readFile(outfile, 'utf8');
  const [, shebang = '', rest = ''] = /^(#![^\n]*\n)?(.*)$/s.exec(text) ?? [];
  const late = rest.replaceAll(/= ?require\("(node:[a-z_/]+)"\)/g, '=lateBuiltin("$1")');
  await writeFile(outfile, `${shebang}${lateBuiltin}\n${late}`);
}

/** zod carries its messages in 50 languages, 300 kB of them. */
const onlyEnglish: Plugin = {
  name: 'only-english',
  setup(plugin) {
    plugin.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
  },
};

function onlyIncluded(includes: (path: string) => boolean): Plugin {
  return {
    name: 'only-included',
    setup(plugin) {
      plugin.onResolve({ filter: /./ }, ({ kind, path }) =>
        kind === 'dynamic-import' && !includes(path) ? { path, namespace: 'left-out' } : undefined,
      );
      plugin.onLoad({ filter: /./, namespace: 'left-out' }, ({ path }) => ({
        contents: `throw new Error(${JSON.stringify(`'${path}' was left out of this bundle`)});`,
      }));
    },
  };
}

/**
 * `await serveCpi({…})` as the last statement of a program: nothing comes after it, so it need not be awaited, which only
 * an ES module could. A failure ends the process with exit code 1 either way.
 */
export function withoutLastAwait(text: string): string {
  const at = text.lastIndexOf('\nawait ') + 1;
  const [, ...rest] = text.slice(at).split('\n');
  const isLast = rest.every((line) => line === '' || /^[\s})\]]/.test(line));
  return at > 0 && isLast ? `${text.slice(0, at)}void ${text.slice(at + 'await '.length)}` : text;
}

function lastAwait(entry: string): Plugin {
  return {
    name: 'last-await',
    setup(plugin) {
      plugin.onLoad({ filter: /\.[cm]?ts$/ }, async ({ path }) => {
        if (path !== entry) return undefined;
        return { contents: withoutLastAwait(await readFile(path, 'utf8')), loader: 'ts' };
      });
    },
  };
}

/** Writes what `import.meta` says about a source into its place. */
const sourcePaths: Plugin = {
  name: 'source-paths',
  setup(plugin) {
    plugin.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return text.includes('import.meta') ? { contents: withLiteralPaths(text, path), loader: 'ts' } : undefined;
    });
  },
};

/** The build reads `import.meta` as these names: esbuild tells it from a text that only looks like it. */
const sourceMeta = {
  'import.meta.dirname': 'sourceDirname',
  'import.meta.filename': 'sourceFilename',
  'import.meta.url': 'sourceUrl',
  'import.meta.resolve': 'sourceResolve',
} as const;

/** The same of the bundle itself. */
const bundleMeta = {
  'import.meta.dirname': '__dirname',
  'import.meta.filename': '__filename',
  'import.meta.url': 'bundleUrl',
  'import.meta.resolve': 'bundleResolve',
} as const;

const bundlePaths = `const bundleUrl = require('node:url').pathToFileURL(__filename).href, ${resolveFrom('bundleResolve', 'bundleUrl')};`;

function resolveFrom(name: string, url: string): string {
  const resolved = `require('node:module').createRequire(${url}).resolve(name)`;
  return `${name} = (name) => require('node:url').pathToFileURL(${resolved}).href`;
}

function withLiteralPaths(text: string, path: string): string {
  const url = JSON.stringify(pathToFileURL(path).href);
  const names = [
    `sourceDirname = ${JSON.stringify(dirname(path))}`,
    `sourceFilename = ${JSON.stringify(path)}`,
    `sourceUrl = ${url}`,
    resolveFrom('sourceResolve', url),
  ];
  const [, shebang = '', rest = ''] = /^(#![^\n]*\n)?(.*)$/s.exec(text) ?? [];
  return `${shebang}const ${names.join(', ')}; ${rest}`;
}
