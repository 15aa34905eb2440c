import { type Properties, SpecReader } from './spec-reader.ts';

/** How a group says what VMs it wants. */
export type VmChoice =
  | { readonly kind: 'type'; readonly name: string }
  | ({ readonly kind: 'resources' } & VmResources)
  | { readonly kind: 'cloud-properties'; readonly cloudProperties: Properties };

export interface VmResources {
  readonly cpu: number;
  readonly ramMib: number;
  readonly ephemeralDiskMib: number;
}

/** The CPI turns resources into cloud properties (`calculate_vm_cloud_properties`). */
export function parseVmResources(block: Properties): VmChoice {
  const reader = new SpecReader(block);
  return {
    kind: 'resources',
    cpu: reader.integer('cpu'),
    ramMib: reader.integer('ram'),
    ephemeralDiskMib: reader.integer('ephemeral_disk_size'),
  };
}
