/** How an argument of a CPI method is read from the command line. */
export interface Parameter {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'object' | 'list';
  /** What is sent when it is not given. Absent: it must be given; `omit`: it is left out. */
  readonly fallback?: unknown;
}

export const omit: unique symbol = Symbol('omit');

const text = (name: string): Parameter => ({ name, kind: 'text' });
const object = (name: string): Parameter => ({ name, kind: 'object', fallback: {} });
const size = (name: string): Parameter => ({ name, kind: 'number' });
const vm = text('vm_cid');
const disk = text('disk_cid');
const properties = object('cloud_properties');

/** The methods of the contract and of boti's extensions. docs/contracts/cpi.md. */
export const methodParameters: Readonly<Record<string, readonly Parameter[]>> = {
  info: [],
  ping: [],
  create_stemcell: [text('image_path'), properties, { name: 'env', kind: 'object', fallback: omit }],
  delete_stemcell: [text('stemcell_cid')],
  create_vm: [
    text('agent_id'),
    text('stemcell_cid'),
    properties,
    object('networks'),
    { name: 'disk_cids', kind: 'list', fallback: [] },
    object('env'),
  ],
  delete_vm: [vm],
  has_vm: [vm],
  reboot_vm: [vm],
  set_vm_metadata: [vm, object('metadata')],
  calculate_vm_cloud_properties: [object('vm_resources')],
  create_disk: [size('size'), properties, { name: 'vm_cid', kind: 'text', fallback: null }],
  has_disk: [disk],
  delete_disk: [disk],
  attach_disk: [vm, disk],
  detach_disk: [vm, disk],
  get_disks: [vm],
  set_disk_metadata: [disk, object('metadata')],
  resize_disk: [disk, size('new_size')],
  update_disk: [disk, size('new_size'), properties],
  snapshot_disk: [disk, object('metadata')],
  delete_snapshot: [text('snapshot_cid')],
  create_network: [object('definition')],
  delete_network: [text('network_cid')],
  console_log: [vm],
  find_creation: [text('creation_id')],
  list: [],
};
