import type { PackageRef } from '@boti/agent-protocol';
import type { DeployContext } from '../deploy/context.ts';
import type { PackageRequirement } from '../planner/plan.ts';
import type { PackageSpec } from '../planner/snapshot.ts';
import type { CompilationVm } from './compilation-vms.ts';
import { findCompiledPackage, insertCompiledPackage, nextBuild } from './compiled-package-store.ts';

const lockWaitMs = 15 * 60_000;

export interface Compilation {
  readonly requirement: PackageRequirement;
  /** Compiled forms of everything it needs, transitive dependencies included. */
  readonly dependencies: readonly PackageSpec[];
  readonly vm: CompilationVm;
}

/** Compiles one package on a VM, unless another deploy has done so while we waited for the lock. */
export function compilePackage(ctx: DeployContext, compilation: Compilation): Promise<PackageSpec> {
  const { requirement } = compilation;
  const { operatingSystem, version } = requirement.stemcell;
  const lock = `lock:compile:${requirement.package.id}:${operatingSystem}/${version}`;
  return ctx.withLock(lock, { waitMs: lockWaitMs }, async () => {
    const present = await findCompiledPackage(ctx.database, requirement);
    const form =
      present ?? (await insertCompiledPackage(ctx.database, requirement, await compileOnVm(ctx, compilation)));
    const { name, version: packageVersion } = requirement.package;
    return { name, version: `${packageVersion}.${form.build}`, sha1: form.sha1, blobstoreId: form.blobstoreId };
  });
}

async function compileOnVm(
  ctx: DeployContext,
  { requirement, dependencies, vm }: Compilation,
): Promise<{ blobstoreId: string; sha1: string }> {
  const source = requirement.package;
  if (source.blobstoreId === null || source.sha1 === null) throw new TypeError(`${source.name} has no source`);
  await vm.markCompiling(source.name);
  const build = await nextBuild(ctx.database, source.id);
  const args = [
    source.blobstoreId,
    source.sha1,
    source.name,
    `${source.version}.${build}`,
    references(dependencies),
  ] as const;
  const { result } = await ctx.agents
    .of(vm.agentId, vm.name)
    .call('compile_package', [...args], { signal: ctx.signal });
  return { blobstoreId: result.blobstore_id, sha1: result.sha1 };
}

function references(dependencies: readonly PackageSpec[]): Record<string, PackageRef> {
  return Object.fromEntries(
    dependencies.map(({ name, version, sha1, blobstoreId }) => [
      name,
      { name, version, sha1, blobstore_id: blobstoreId },
    ]),
  );
}
