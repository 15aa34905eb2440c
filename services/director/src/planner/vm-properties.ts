import { UnnumberedFailure } from '../errors.ts';
import type { CloudConfig } from './parse/cloud-config.ts';
import type { VmChoice, VmResources } from './parse/vm-choice.ts';
import { sameValue } from './same-value.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What a CPI answered to `calculate_vm_cloud_properties`. */
export interface CalculatedVm {
  readonly cpi: string;
  readonly resources: VmResources;
  readonly cloudProperties: Properties;
}

interface Wanted {
  readonly vm: VmChoice;
  readonly vmExtensions: readonly string[];
  readonly az: string | null;
}

interface Sources {
  readonly cloud: CloudConfig;
  readonly calculated: readonly CalculatedVm[];
}

/** Arguments of create_vm: AZ, VM type and extensions, later ones replacing top-level keys of earlier ones. */
export function vmProperties({ vm, vmExtensions, az }: Wanted, { cloud, calculated }: Sources): Properties {
  const zone = az === null ? undefined : cloud.azs.get(az);
  const base = baseProperties(vm, zone?.cpi ?? '', { cloud, calculated });
  const extensions = vmExtensions.map((name) => cloud.vmExtensions.get(name) ?? {});
  return Object.assign({}, zone?.cloudProperties, base, ...extensions) as Properties;
}

export function vmTypeName(vm: VmChoice): string | null {
  return vm.kind === 'type' ? vm.name : null;
}

function baseProperties(vm: VmChoice, cpi: string, { cloud, calculated }: Sources): Properties {
  switch (vm.kind) {
    case 'type':
      return cloud.vmTypes.get(vm.name) ?? {};
    case 'cloud-properties':
      return vm.cloudProperties;
    case 'resources': {
      const { kind: _, ...resources } = vm;
      const answer = calculated.find((item) => item.cpi === cpi && sameValue(item.resources, resources));
      if (answer === undefined) {
        throw new UnnumberedFailure(
          `The CPI${cpi === '' ? '' : ` '${cpi}'`} was not asked what VM has ${resources.cpu} CPUs, ${resources.ramMib} MiB of memory and a disk of ${resources.ephemeralDiskMib} MiB`,
          { hint: "Use 'vm_type' instead of 'vm_resources'." },
        );
      }
      return answer.cloudProperties;
    }
  }
}
