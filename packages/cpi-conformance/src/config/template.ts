/** What `boti cpi test --init` writes: every key of conformance.yml, with its default and what it means. */
export const configTemplate = `# What the conformance kit must know of your CPI and its cloud.
# Replaced everywhere: ((work_dir)) a folder of the run, removed afterwards; ((config_dir)) the folder of this file;
# ((cpi_json)) path of the file made from executable.cpi_json; ((env.NAME)) a variable of the environment, for credentials;
# ((secret)) a text that the kit makes up and then must not find in any log.

executable:
  # Arguments of every call. This is the default when there is a cpi_json.
  args: [--config, ((cpi_json))]
  # The CPI's own configuration, written to a file before the run.
  cpi_json:
    cloud:
      properties:
        my-cloud: {} # credentials: ((env.MY_CLOUD_KEY))
        agent:
          mbus: nats://nats:((secret))@127.0.0.1:4222
          blobstore: {provider: dav, options: {endpoint: http://127.0.0.1:25250, user: agent, password: ((secret))}}
          ntp: []
  # Properties that a Director with a cpi config would send with each call.
  context: {}
  # Environment besides PATH, HOME and TMPDIR.
  env: {}
  # Files in which the CPI logs: secrets are looked for in them.
  log_files: []
  # Further calls of the executable after the run, for example [[cleanup, --config, ((cpi_json))]].
  clean_up: []

# Below this line: for levels live and chaos only.
stemcell:
  # A stemcell tarball, or the image in it. --stemcell wins. Without it an image without meaning is made.
  # path: my-stemcell.tgz
  cloud_properties: {}
  api_version: 3

vm:
  # The smallest VM that your cloud has.
  cloud_properties: {}
  # Added to the env of each VM.
  env: {}

disk:
  size: 1024 # MiB
  larger_size: 2048 # for resize_disk and update_disk
  cloud_properties: {}

networks:
  manual:
    name: default
    # Free addresses; up to 40 are used at once.
    addresses: 10.0.0.10-10.0.0.99
    netmask: 255.255.255.0
    gateway: 10.0.0.1
    dns: [8.8.8.8]
    cloud_properties: {}
  # Only when your cloud has them:
  # dynamic: {cloud_properties: {}}
  # vip: {ip: 203.0.113.7, cloud_properties: {}}

# Argument of create_network, when your CPI has managed networks.
# managed_network: {type: manual, range: 10.1.0.0/24, gateway: 10.1.0.1, cloud_properties: {}}

# Context keys that lead to another account, region or project, to see that two CPI configs do not mix.
# other_cloud: {context: {}}

# Seconds that a call may take, by method.
deadlines:
  default: 120
  create_stemcell: 3600
  create_vm: 1800

# For the rules about concurrency (level chaos).
parallel_calls: 32
parallel_vms: 8
`;
