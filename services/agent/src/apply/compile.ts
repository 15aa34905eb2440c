import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageRef } from '@boti/agent-protocol';
import { ExpectedError, isReachable, openTempDir } from '@boti/core';
import { within, wrapError } from '../action-error.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { Dirs } from '../dirs.ts';
import { runProgram } from '../scripts/run-program.ts';
import { blobOf, type Packages } from './packages.ts';
import { isGzip, pack, unpack } from './tarballs.ts';

/** Longest part of the compile log that goes into an error. */
const logTailBytes = 10 * 1024;

export interface CompileRequest {
  readonly source: PackageRef;
  readonly deps: readonly PackageRef[];
  /** Uploads the compiled tarball. */
  readonly upload: (path: string) => Promise<{ readonly blobId?: string; readonly digest: string }>;
}

/** Compiles packages. Source: bosh-agent agent/compiler/concrete_compiler.go. */
export class PackageCompiler {
  readonly #dirs: Dirs;
  readonly #blobs: Blobs;
  readonly #packages: Packages;

  constructor({ dirs, blobs, packages }: { dirs: Dirs; blobs: Blobs; packages: Packages }) {
    this.#dirs = dirs;
    this.#blobs = blobs;
    this.#packages = packages;
  }

  async compile({
    source,
    deps,
    upload,
  }: CompileRequest): Promise<{ readonly blobId?: string; readonly digest: string }> {
    const { name, version } = source;
    await within('Removing packages', () => this.#packages.keepOnly([]));
    for (const dep of deps)
      await within(`Installing dependent package: '${dep.name}'`, () => this.#packages.apply(dep));
    await using undo = new AsyncDisposableStack();
    const compileDir = join(this.#dirs.compile, name);
    undo.defer(() => rm(compileDir, { recursive: true, force: true }));
    const gzip = await within(`Fetching package ${name}`, () => this.#fetchSource(source, compileDir));
    const { bundles } = this.#packages;
    const bundle = { name, version };
    await bundles.remove(bundle);
    await bundles.install(bundle, async () => undefined);
    await bundles.enable(bundle);
    undo.defer(() => this.#packages.keepOnly([]));
    const target = bundles.enabledPath(name);
    if (await isReachable(join(compileDir, 'packaging')))
      await this.#runPackaging({ compileDir, target, name, version });
    const tarball = join(undo.use(await openTempDir('compiled-', this.#dirs.tmp)).path, 'package.tgz');
    await within('Compressing compiled package', () => pack(bundles.path(bundle), tarball, { gzip }));
    return await within('Uploading compiled package', () => upload(tarball));
  }

  /** Answers whether the source came compressed: the compiled package goes back the same way. */
  async #fetchSource(source: PackageRef, compileDir: string): Promise<boolean> {
    await using blob = await this.#blobs.fetch(blobOf(source));
    await rm(compileDir, { recursive: true, force: true });
    await mkdir(compileDir, { recursive: true });
    await within(`Uncompressing package ${source.name}`, () => unpack(blob.path, compileDir));
    return await isGzip(blob.path);
  }

  async #runPackaging(work: { compileDir: string; target: string; name: string; version: string }): Promise<void> {
    const { compileDir, target, name, version } = work;
    const logs = join(this.#dirs.jobLogs, 'compilation');
    await mkdir(logs, { recursive: true });
    await mkdir(this.#dirs.tmp, { recursive: true });
    const result = await runProgram({
      argv: ['bash', '-x', 'packaging'],
      cwd: compileDir,
      env: {
        BOSH_COMPILE_TARGET: compileDir,
        BOSH_INSTALL_TARGET: target,
        BOSH_PACKAGE_NAME: name,
        BOSH_PACKAGE_VERSION: version,
      },
      keptBytes: logTailBytes,
      logs: { stdout: join(logs, 'packaging.stdout.log'), stderr: join(logs, 'packaging.stderr.log'), truncate: true },
    });
    if (result.exitCode === 0) return;
    const failure = `Command exited with ${result.exitCode}; ${tailOf('Stdout', result.stdout)}, ${tailOf('Stderr', result.stderr)}`;
    // BOSH: the doubled context is upstream's.
    throw wrapError(new ExpectedError(`Running packaging script: ${failure}`), 'Running packaging script');
  }
}

function tailOf(name: string, { text, isTruncated }: { readonly text: string; readonly isTruncated: boolean }): string {
  return isTruncated ? `Truncated ${name}: ${text}` : `${name}: ${text}`;
}
