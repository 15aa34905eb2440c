import type { VmChoice } from './parse/vm-choice.ts';
import { parseDeployment } from './parse-deployment.ts';
import type { PlanRequest } from './plan-request.ts';
import type { CalculatedVm } from './vm-properties.ts';

/** Questions for the CPIs (`calculate_vm_cloud_properties`) that a plan needs the answers to. */
export function neededVmResources(request: PlanRequest): readonly Omit<CalculatedVm, 'cloudProperties'>[] {
  const { cloud, groups } = parseDeployment(request);
  const cpiOf = (az: string | null) => (az === null ? undefined : cloud.azs.get(az)?.cpi) ?? '';
  const wishes = [
    { vm: cloud.compilation.vm, cpis: [cpiOf(cloud.compilation.az)] },
    ...groups.map(({ spec }) => ({ vm: spec.vm, cpis: (spec.azs ?? [null]).map(cpiOf) })),
  ];
  const needed = wishes.flatMap(({ vm, cpis }) => questions(vm, cpis));
  return [...new Map(needed.map((question) => [JSON.stringify(question), question])).values()];
}

function questions(vm: VmChoice, cpis: readonly string[]): readonly Omit<CalculatedVm, 'cloudProperties'>[] {
  if (vm.kind !== 'resources') {
    return [];
  }
  const { kind: _, ...resources } = vm;
  return cpis.map((cpi) => ({ cpi, resources }));
}
