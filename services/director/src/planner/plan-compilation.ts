import type { AddressBook } from './networks/address-book.ts';
import { planNetworks } from './networks/plan-network.ts';
import type { ParsedDeployment } from './parse-deployment.ts';
import type { CompilationPlan, PackageRequirement } from './plan.ts';
import type { PlanRequest } from './plan-request.ts';
import { vmProperties, vmTypeName } from './vm-properties.ts';

/** Where and how packages are compiled; addresses are claimed for as many workers as there is work. */
export function planCompilation(
  { cloud, tags }: ParsedDeployment,
  packages: readonly PackageRequirement[],
  { request, book }: { readonly request: PlanRequest; readonly book: AddressBook },
): CompilationPlan {
  const { workers, reuseVms, network, az, vm, vmExtensions, env } = cloud.compilation;
  const missing = packages.filter(({ compiled }) => compiled === null).length;
  const spec = { network, staticIps: null, defaultFor: ['dns', 'gateway'] as const, nicGroup: null };
  const vms = Array.from({ length: Math.min(workers, missing) }, (_, number) => {
    const label = `compilation worker ${number + 1}`;
    const user = { label, uuid: label, az, addresses: [], staticIps: new Map<string, string>() };
    return { networks: planNetworks(user, [spec], book) };
  });
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
