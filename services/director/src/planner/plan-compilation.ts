import { NetworkReservationNotEnoughCapacity } from '../errors.ts';
import type { AddressBook } from './networks/address-book.ts';
import { planNetworks } from './networks/plan-network.ts';
import type { CompilationSpec } from './parse/compilation-block.ts';
import type { ParsedDeployment } from './parse-deployment.ts';
import type { CompilationPlan, NetworkPlan, PackageRequirement } from './plan.ts';
import type { PlanRequest } from './plan-request.ts';
import { vmProperties, vmTypeName } from './vm-properties.ts';

/** Where and how packages are compiled; addresses are claimed for as many workers as there is work. */
export function planCompilation(
  { cloud, tags }: ParsedDeployment,
  packages: readonly PackageRequirement[],
  { request, book }: { readonly request: PlanRequest; readonly book: AddressBook },
): CompilationPlan {
  const { workers, reuseVms, az, vm, vmExtensions, env } = cloud.compilation;
  const missing = packages.filter(({ compiled }) => compiled === null).length;
  const vms = workerNetworks(cloud.compilation, Math.min(workers, missing), book);
  return {
    workers,
    reuseVms,
    az,
    cpi: (az === null ? undefined : cloud.azs.get(az)?.cpi) ?? '',
    cloudProperties: vmProperties({ vm, vmExtensions, az }, { cloud, calculated: request.calculatedVms ?? [] }),
    vmType: vmTypeName(vm),
    env,
    vms,
    tags,
  };
}

/** Fewer workers will do when the network has no more addresses; one there must be. */
function workerNetworks({ network, az }: CompilationSpec, count: number, book: AddressBook): CompilationPlan['vms'] {
  const spec = { network, staticIps: null, defaultFor: ['dns', 'gateway'] as const, nicGroup: null };
  const vms: { networks: readonly NetworkPlan[] }[] = [];
  try {
    while (vms.length < count) {
      const label = `compilation worker ${vms.length + 1}`;
      const user = { label, uuid: label, az, addresses: [], staticIps: new Map<string, string>() };
      vms.push({ networks: planNetworks(user, [spec], book) });
    }
  } catch (error) {
    if (!(error instanceof NetworkReservationNotEnoughCapacity) || vms.length === 0) {
      throw error;
    }
  }
  return vms;
}
