/** What a parameter is, and with that which values are wrong for it. */
export type ParameterKind =
  | 'vm cid'
  | 'disk cid'
  | 'stemcell cid'
  | 'snapshot cid'
  | 'network cid'
  | 'text'
  | 'path'
  | 'size'
  | 'object'
  | 'networks'
  | 'disk cids'
  | 'resources';

export interface Parameter {
  readonly name: string;
  readonly kind: ParameterKind;
  /** Callers leave it out, or send null. */
  readonly isOptional?: true;
}

export interface MethodSpec {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Directors cannot do without it. */
  readonly isRequired?: true;
  /** boti's extension that it belongs to. */
  readonly extension?: 'console_log' | 'list' | 'journal';
}

const vm: Parameter = { name: 'vm_cid', kind: 'vm cid' };
const disk: Parameter = { name: 'disk_cid', kind: 'disk cid' };
const cloudProperties: Parameter = { name: 'cloud_properties', kind: 'object' };
const size: Parameter = { name: 'size', kind: 'size' };
const newSize: Parameter = { name: 'new_size', kind: 'size' };
const metadata: Parameter = { name: 'metadata', kind: 'object' };

/**
 * The methods that Directors and create-env call, with their parameters in order.
 * Source: bosh bosh-director lib/clouds/external_cpi.rb; bosh-cli cloud/cloud.go; docs-bosh, CPI methods.
 */
export const methods: readonly MethodSpec[] = [
  { name: 'info', parameters: [], isRequired: true },
  {
    name: 'create_stemcell',
    parameters: [
      { name: 'image_path', kind: 'path' },
      cloudProperties,
      { name: 'env', kind: 'object', isOptional: true },
    ],
    isRequired: true,
  },
  { name: 'delete_stemcell', parameters: [{ name: 'stemcell_cid', kind: 'stemcell cid' }], isRequired: true },
  {
    name: 'create_vm',
    parameters: [
      { name: 'agent_id', kind: 'text' },
      { name: 'stemcell_cid', kind: 'stemcell cid' },
      cloudProperties,
      { name: 'networks', kind: 'networks' },
      { name: 'disk_cids', kind: 'disk cids', isOptional: true },
      { name: 'env', kind: 'object', isOptional: true },
    ],
    isRequired: true,
  },
  { name: 'delete_vm', parameters: [vm], isRequired: true },
  { name: 'has_vm', parameters: [vm], isRequired: true },
  { name: 'reboot_vm', parameters: [vm] },
  { name: 'set_vm_metadata', parameters: [vm, metadata] },
  { name: 'calculate_vm_cloud_properties', parameters: [{ name: 'vm_resources', kind: 'resources' }] },
  {
    name: 'create_disk',
    parameters: [size, cloudProperties, { name: 'vm_cid', kind: 'vm cid', isOptional: true }],
    isRequired: true,
  },
  { name: 'delete_disk', parameters: [disk], isRequired: true },
  { name: 'has_disk', parameters: [disk], isRequired: true },
  { name: 'attach_disk', parameters: [vm, disk], isRequired: true },
  { name: 'detach_disk', parameters: [vm, disk], isRequired: true },
  { name: 'get_disks', parameters: [vm] },
  { name: 'set_disk_metadata', parameters: [disk, metadata] },
  { name: 'resize_disk', parameters: [disk, newSize] },
  { name: 'update_disk', parameters: [disk, newSize, cloudProperties] },
  { name: 'snapshot_disk', parameters: [disk, { ...metadata, isOptional: true }] },
  { name: 'delete_snapshot', parameters: [{ name: 'snapshot_cid', kind: 'snapshot cid' }] },
  { name: 'create_network', parameters: [{ name: 'definition', kind: 'object' }] },
  { name: 'delete_network', parameters: [{ name: 'network_cid', kind: 'network cid' }] },
  { name: 'console_log', parameters: [vm], extension: 'console_log' },
  { name: 'find_creation', parameters: [{ name: 'creation_id', kind: 'text' }], extension: 'journal' },
  { name: 'list', parameters: [], extension: 'list' },
];

export const requiredMethods: readonly string[] = methods
  .filter(({ isRequired }) => isRequired)
  .map(({ name }) => name);
