import type { BootCause } from './causes.ts';

interface ConsolePattern {
  readonly cause: BootCause;
  readonly pattern: RegExp;
  readonly says: string;
  readonly remedy: string;
}

/** Words of boti's agent, of upstream's and of the kernel. The first that fits a console counts. */
export const consolePatterns: readonly ConsolePattern[] = [
  {
    cause: 'disk-full',
    pattern: /ENOSPC|no space left on device/i,
    says: 'a disk of the VM is full',
    remedy:
      "Give the VM a bigger disk (cloud_properties of the VM type or resource pool), or remove what fills the stemcell's.",
  },
  {
    cause: 'settings-malformed',
    pattern:
      /settings[^\n]*cannot be used|is not valid JSON|neither JSON nor base64|unmarshal\w* [^\n]*settings|invalid character '[^\n]*settings/i,
    says: 'the agent finds settings that it cannot read',
    remedy:
      'The CPI writes the settings in create_vm: compare them with the contract (agent_id, vm, networks, disks, mbus).',
  },
  {
    cause: 'settings-missing',
    pattern:
      /no settings source works|settings file [^\n]*does not exist|there is no config drive|metadata [^\n]*(?:holds|gives) no settings|getting settings from all sources|metadata service [^\n]*(?:timed out|refused)|the settings have no certificate/i,
    says: 'the agent finds no settings, or none for its bus',
    remedy:
      "Check that the CPI hands the settings over in the way that the stemcell's agent.json expects, and that its 'agent' properties (mbus) and env.bosh.mbus.cert are set.",
  },
  {
    cause: 'disk-hint-wrong',
    pattern:
      /timed out getting real device path|device [^\n]*(?:does not appear|never appeared|not found)|attached disk disagrees|no device found for network|no ephemeral disk|persistent disk with volume id[^\n]*could not be found/i,
    says: 'the agent waits for a disk or a device that is not where the CPI says',
    remedy:
      "Compare the CPI's disk hints (disks.ephemeral in the settings, attach_disk's answer) with the devices in the VM, and agent.json's DevicePathResolutionType.",
  },
  {
    cause: 'clock-skew',
    pattern: /certificate (?:is not yet valid|has expired or is not yet valid)|CERT_NOT_YET_VALID/i,
    says: 'to the VM a certificate of the message bus is not valid at this time: its clock differs',
    remedy: "Correct the clock of the VM's host, or give the VM time servers (env.bosh.ntp or the CPI's ntp property).",
  },
  {
    cause: 'certificate-expired',
    pattern: /CERT_HAS_EXPIRED|certificate has expired/i,
    says: 'to the VM a certificate of the message bus has expired',
    remedy: 'Make new certificates, or correct the clocks.',
  },
  {
    cause: 'ca-wrong',
    pattern: /unknown authority|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|unable to get local issuer/i,
    says: 'the agent does not believe the certificate of the message bus',
    remedy: 'The authority in env.bosh.mbus.cert.ca must be the one that signed the certificate of the message bus.',
  },
  {
    cause: 'credentials-wrong',
    pattern: /authorization violation|nats: authorization|user authentication expired/i,
    says: 'the message bus does not let the agent in',
    remedy: 'Its certificate must be one that the bus knows: see the authorization file of nats-server.',
  },
  {
    cause: 'gateway-wrong',
    pattern: /network is unreachable|no route to host|ENETUNREACH|EHOSTUNREACH/i,
    says: 'the VM has no way out of its network',
    remedy: 'Check gateway and range of its subnet against the network that the CPI put it on.',
  },
  {
    cause: 'bus-unreachable',
    pattern: /dial tcp [^\n]*(?:i\/o timeout|connection refused)|connect (?:ETIMEDOUT|ECONNREFUSED)/i,
    says: 'the agent does not reach the message bus',
    remedy: 'Check the address of the bus in its settings, security groups and the route to it.',
  },
];
