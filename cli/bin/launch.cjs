/**
 * Runs the CLI of this clone: as one bundled file, which starts in a third of the time, as long as no source has
 * changed since it was bundled; otherwise it is bundled anew, or the sources are run where that does not work.
 */
const { accessSync, constants, readFileSync, statSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { homedir } = require('node:os');
const { join } = require('node:path');

const root = join(__dirname, '../..');
const cache = join(root, 'node_modules/.cache/boti/cli');

// Not in the temporary folder, where others could lay code for root.
enableCompileCache(join(homedir(), '.cache/boti/compiled-code'));

// What most command lines are for the authors of manifests has a bundle of its own, unless certificates may be made.
const isInterpolate = /^int(?:erpolate)?$/.test(process.argv[2]);
const isSmall = isInterpolate && !process.argv.some((arg) => arg.startsWith('--vars-store'));

const bundle = upToDate() ?? bundleAnew();
if (bundle === undefined) void import('../src/main.ts');
else require(bundle);

/** The bundle, if everything that went into it is as it was. */
function upToDate() {
  try {
    const { bundle, files } = JSON.parse(readFileSync(join(cache, isSmall ? 'interpolate.json' : 'boti.json'), 'utf8'));
    const path = join(cache, bundle);
    return statSync(path).isFile() && files.every(isUnchanged) ? path : undefined;
  } catch {
    return undefined;
  }
}

function isUnchanged([path, size, mtimeMs, ctimeMs]) {
  const now = statSync(join(root, path));
  return now.size === size && now.mtimeMs === mtimeMs && now.ctimeMs === ctimeMs;
}

function bundleAnew() {
  const { spawnSync } = require('node:child_process');
  if (!isWritable(join(root, 'node_modules'))) return undefined;
  const { status } = spawnSync(process.execPath, [join(root, 'tools/bundle-cli.ts'), cache], { stdio: 'ignore' });
  return status === 0 ? upToDate() : undefined;
}

function isWritable(dir) {
  try {
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
