/** Which keys a value may have. `anything` below leaves a subtree to its owner (a CPI, a job). */
export type Shape = 'anything' | { readonly keys: Readonly<Record<string, Shape>> } | { readonly items: Shape };

const anything = 'anything' as const;
const map = (keys: Readonly<Record<string, Shape>>): Shape => ({ keys });
const list = (items: Shape): Shape => ({ items });
const names = (text: string, shape: Shape = anything): Readonly<Record<string, Shape>> =>
  Object.fromEntries(text.split(' ').map((name) => [name, shape]));

const update = map(
  names(
    'canaries max_in_flight canary_watch_time update_watch_time serial vm_strategy initial_deploy_az_update_strategy',
  ),
);
const job = map(names('name release properties provides consumes custom_provider_definitions'));
const vmResources = map(names('cpu ram ephemeral_disk_size'));

const instanceGroup = map({
  ...names('name lifecycle instances azs properties vm_type vm_extensions stemcell persistent_disk env'),
  ...names('persistent_disk_type state instance_states tags'),
  jobs: list(job),
  vm_resources: vmResources,
  persistent_disks: list(map(names('name type'))),
  networks: list(map(names('name static_ips default nic_group'))),
  update,
  migrated_from: list(map(names('name az'))),
});

const filter = map({
  ...names('deployments instance_groups networks teams azs lifecycle'),
  jobs: list(map(names('name release'))),
  stemcell: list(map(names('os'))),
});
const addon = map({ ...names('name properties'), jobs: list(job), include: filter, exclude: filter });
const release = map({
  ...names('name version url sha1 stemcell'),
  exported_from: list(map(names('os version'))),
});
const variable = map(names('name type options consumes update_mode'));
const features = map(
  names(
    'use_dns_addresses use_short_dns_addresses use_link_dns_names randomize_az_placement converge_variables use_tmpfs_config',
  ),
);

/** Keys of old manifests, and of a cloud config, are known here: the Director refuses them with its own words. */
export const deploymentShape = map({
  ...names('name manifest_version director_uuid tags properties release jobs'),
  ...names('vm_types azs disk_types compilation networks disk_pools resource_pools'),
  releases: list(release),
  stemcells: list(map(names('alias version os name'))),
  update,
  instance_groups: list(instanceGroup),
  addons: list(addon),
  variables: list(variable),
  features,
});

const named = list(map(names('name cloud_properties')));
const subnet = map(names('range gateway dns reserved static az azs cloud_properties prefix name netmask_bits'));

export const cloudConfigShape = map({
  azs: list(map(names('name cloud_properties cpi'))),
  vm_types: named,
  vm_extensions: named,
  disk_types: list(map(names('name disk_size cloud_properties'))),
  networks: list(map({ ...names('name type dns cloud_properties managed az azs prefix'), subnets: list(subnet) })),
  compilation: map({
    ...names('workers network az vm_type cloud_properties vm_extensions env reuse_compilation_vms orphan_workers'),
    vm_resources: vmResources,
  }),
});

export const cpiConfigShape = map({
  cpis: list(map({ ...names('name type exec_path properties'), migrated_from: list(map(names('name'))) })),
});

export const runtimeConfigShape = map({
  ...names('tags'),
  releases: list(release),
  addons: list(addon),
  variables: list(variable),
});
