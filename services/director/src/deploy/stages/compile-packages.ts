import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompileInputs } from '@boti/compile-cache';
import { type BlobId, blobId, digestOfFile } from '@boti/core';
import { dropBlobs, keepBlob, putBlob } from '../../blobs/pending-blobs.ts';
import { withCompilationVms } from '../../compilation/compilation-vms.ts';
import { compilePackage } from '../../compilation/compile-package.ts';
import { findCompiledPackage, insertCompiledPackage } from '../../compilation/compiled-package-store.ts';
import type { DeploymentPlan, PackageRequirement } from '../../planner/plan.ts';
import type { PackageSpec } from '../../planner/snapshot.ts';
import type { DeployContext } from '../context.ts';

/** The compiled form of each requirement of a plan, by its index there. */
export type CompiledForms = readonly PackageSpec[];

/**
 * Makes every package form that the plan needs: taken from what the Director has, from the cache that outlives it, or
 * compiled on VMs, as many at once as the cloud config has workers.
 */
export async function compilePackages(ctx: DeployContext, plan: DeploymentPlan): Promise<CompiledForms> {
  const finding = ctx.events.stage('Preparing package compilation', 1);
  const missing = await finding.track('Finding packages to compile', () => adoptCached(ctx, plan));
  const forms = new Map<number, Promise<PackageSpec>>();
  if (missing.length === 0) return Promise.all(plan.packages.map((_, index) => existingForm(ctx, plan, index)));
  const stage = ctx.events.stage('Compiling packages', missing.length);
  return withCompilationVms(ctx, plan.compilation, (vms) => {
    const formOf = (index: number): Promise<PackageSpec> => {
      const known = forms.get(index) ?? make(index);
      forms.set(index, known);
      return known;
    };
    const make = async (index: number): Promise<PackageSpec> => {
      const requirement = requirementAt(plan, index);
      const dependencies = await Promise.all(transitiveDependencies(plan, index).map(formOf));
      if (!missing.includes(index)) return existingForm(ctx, plan, index);
      return vms.use(requirement.stemcell, (vm) =>
        stage.track(`${requirement.package.name}/${requirement.package.version}`, async () => {
          const made = await compilePackage(ctx, { requirement, dependencies, vm });
          await storeInCache(ctx, plan, index, made);
          return made;
        }),
      );
    };
    return settleAll(plan.packages.map((_, index) => formOf(index)));
  });
}

/** Waits for all, so that no compilation goes on unattended, and throws the first failure. */
async function settleAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return results.map((result) => (result as PromiseFulfilledResult<T>).value);
}

/** Indexes of the requirements that must be compiled, after everything in the cache has been taken over. */
async function adoptCached(ctx: DeployContext, plan: DeploymentPlan): Promise<number[]> {
  const missing: number[] = [];
  for (const [index, requirement] of plan.packages.entries()) {
    ctx.signal.throwIfAborted();
    if (requirement.compiled !== null || (await findCompiledPackage(ctx.database, requirement)) !== undefined) continue;
    if (!(await takeFromCache(ctx, plan, index))) missing.push(index);
  }
  return missing;
}

async function takeFromCache(ctx: DeployContext, plan: DeploymentPlan, index: number): Promise<boolean> {
  const directory = await mkdtemp(join(ctx.workDir, 'compiled-'));
  try {
    const path = join(directory, 'package.tgz');
    if (!(await ctx.compileCache.fetch(compileInputs(plan, index), path))) return false;
    const sha1 = await digestOfFile(path, 'sha256');
    const blobstoreId = await putBlob(ctx, { path });
    const stored = await insertCompiledPackage(ctx.database, requirementAt(plan, index), { blobstoreId, sha1 });
    if (stored.blobstoreId === blobstoreId) await keepBlob(ctx.database, blobstoreId);
    else await dropBlobs(ctx, [blobstoreId]);
    return true;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function storeInCache(ctx: DeployContext, plan: DeploymentPlan, index: number, made: PackageSpec): Promise<void> {
  const directory = await mkdtemp(join(ctx.workDir, 'compiled-'));
  try {
    const path = join(directory, 'package.tgz');
    const id: BlobId = blobId(made.blobstoreId);
    await ctx.blobstore.get(id, path);
    await ctx.compileCache.store(compileInputs(plan, index), path);
  } catch (error) {
    ctx.log.warn('a compiled package could not be kept in the cache', { package: made.name, error });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function existingForm(ctx: DeployContext, plan: DeploymentPlan, index: number): Promise<PackageSpec> {
  const requirement = requirementAt(plan, index);
  const compiled = requirement.compiled ?? (await findCompiledPackage(ctx.database, requirement));
  if (compiled === undefined) throw new TypeError(`no compiled form of ${requirement.package.name}`);
  const { name, version } = requirement.package;
  return { name, version: `${version}.${compiled.build}`, sha1: compiled.sha1, blobstoreId: compiled.blobstoreId };
}

export function compileInputs(plan: DeploymentPlan, index: number): CompileInputs {
  const requirement = requirementAt(plan, index);
  return {
    name: requirement.package.name,
    fingerprint: requirement.package.fingerprint,
    stemcell: requirement.stemcell,
    dependencies: transitiveDependencies(plan, index).map((dependency) => requirementAt(plan, dependency).package),
  };
}

export function transitiveDependencies(plan: DeploymentPlan, index: number): number[] {
  const found = new Set<number>();
  const visit = (current: number): void => {
    for (const dependency of requirementAt(plan, current).dependencies) {
      if (found.has(dependency)) continue;
      found.add(dependency);
      visit(dependency);
    }
  };
  visit(index);
  return [...found];
}

function requirementAt(plan: DeploymentPlan, index: number): PackageRequirement {
  const requirement = plan.packages[index];
  if (requirement === undefined) throw new RangeError(`the plan has no package ${index}`);
  return requirement;
}
