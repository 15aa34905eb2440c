import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { PackageRef } from '@boti/agent-protocol';
import type { CompileCache, CompileInputs } from '@boti/compile-cache';
import { digestOfFile, ExpectedError, messageOf, verifyFileDigest } from '@boti/core';
import type { StemcellManifest } from '@boti/stemcell';
import { dependenciesOf, type PackageNode } from '../artifacts/package-order.ts';
import { oneLine, type Stage } from '../stage.ts';
import { within } from '../within.ts';
import type { InstanceContext } from './env-context.ts';
import { ask } from './instance-steps.ts';

export interface CompileContext extends InstanceContext {
  readonly cache: CompileCache;
  /** Of the VM. */
  readonly stemcell: StemcellManifest;
  readonly tmp: string;
}

/** Has the packages compiled on the VM, unless they are known from before, and answers where the agent finds each. */
export async function compilePackages(
  ctx: CompileContext,
  packages: readonly PackageNode[],
  stage: Stage,
): Promise<Readonly<Record<string, PackageRef>>> {
  const refs = new Map<PackageNode, PackageRef>();
  for (const node of packages) {
    checkStemcell(node, ctx.stemcell);
    const needed = dependenciesOf(node, packages);
    const ref = await stage.step(stepName(node), () =>
      within(`Compiling package '${node.name}'`, ctx.signal, () => obtain(ctx, node, { needed, refs })),
    );
    refs.set(node, ref);
  }
  return Object.fromEntries([...refs.values()].map((ref) => [ref.name, ref]));
}

function stepName({ name, fingerprint, compiledFor }: PackageNode): string {
  return `${compiledFor === undefined ? 'Compiling' : 'Uploading compiled'} package '${name}/${fingerprint}'`;
}

function checkStemcell({ name, compiledFor, release }: PackageNode, stemcell: StemcellManifest): void {
  const own = `${stemcell.operatingSystem}/${stemcell.version}`;
  if (compiledFor === undefined || compiledFor === own) return;
  throw new ExpectedError(
    `Package '${name}' of release '${release}' is compiled for stemcell '${compiledFor}', but the VM is made from '${own}'`,
    { hint: 'Take the release in source form, or one that is compiled for this stemcell.' },
  );
}

interface Needs {
  readonly needed: readonly PackageNode[];
  readonly refs: ReadonlyMap<PackageNode, PackageRef>;
}

async function obtain(ctx: CompileContext, node: PackageNode, needs: Needs): Promise<PackageRef> {
  if (node.compiledFor !== undefined) return await upload(ctx, node, { path: node.path, sha1: node.sha1 });
  const key = cacheKey(ctx, node, needs.needed);
  const path = join(ctx.tmp, `${node.name}-compiled.tgz`);
  if (await ctx.cache.fetch(key, path)) return await upload(ctx, node, { path, sha1: await digestOfFile(path) });
  const ref = await compileOnVm(ctx, node, needs);
  await keep(ctx, ref, { key, path });
  return ref;
}

function cacheKey(
  { stemcell }: CompileContext,
  { name, fingerprint }: PackageNode,
  needed: readonly PackageNode[],
): CompileInputs {
  return {
    name,
    fingerprint,
    stemcell,
    dependencies: needed.map((other) => ({ name: other.name, fingerprint: other.fingerprint })),
  };
}

async function upload(
  { agent, signal }: CompileContext,
  { name, fingerprint }: PackageNode,
  { path, sha1 }: { readonly path: string; readonly sha1: string },
): Promise<PackageRef> {
  const id = randomUUID();
  await agent.uploadBlob(id, path, signal);
  return { name, version: fingerprint, sha1, blobstore_id: id };
}

async function compileOnVm(ctx: CompileContext, node: PackageNode, { needed, refs }: Needs): Promise<PackageRef> {
  const source = await upload(ctx, node, node);
  const deps = Object.fromEntries(needed.map((other) => [other.name, refs.get(other) as PackageRef]));
  const request = [source.blobstore_id as string, node.sha1, node.name, node.fingerprint, deps] as const;
  const { result } = await hintAtBlobstore(ask(ctx, 'compile_package', [...request]));
  return { name: node.name, version: node.fingerprint, sha1: result.sha1, blobstore_id: result.blobstore_id };
}

/** Without a blobstore of its own an agent cannot keep what it has compiled. */
async function hintAtBlobstore<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Error) || !/no blobstore/i.test(messageOf(error.cause))) throw error;
    throw new ExpectedError(error.message, {
      cause: error.cause,
      hint: "Give the VM one: cloud_provider.properties.blobstore, or env.bosh.blobstores of the resource pool, with provider 'local' and the path /var/vcap/micro_bosh/data/cache.",
    });
  }
}

/** The next VM from this stemcell need not compile it again. A failure costs that only. */
async function keep(
  { agent, cache, signal, warn }: CompileContext,
  ref: PackageRef,
  { key, path }: { readonly key: CompileInputs; readonly path: string },
): Promise<void> {
  try {
    await agent.downloadBlob(ref.blobstore_id as string, path, signal);
    await verifyFileDigest(path, ref.sha1);
    await cache.store(key, path);
  } catch (error) {
    signal.throwIfAborted();
    warn(`Compiled package '${ref.name}' is not kept for the next time: ${oneLine(error)}`);
  }
}
