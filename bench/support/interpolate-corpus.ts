import { dumpYaml } from '@boti/manifest';

const groups = 18;
const jobsPerGroup = 4;
const opsFiles = 20;
const passwords = 140;
const certificates = 60;

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/**
 * A manifest of the size and kind of cf-deployment: 18 instance groups with 72 jobs, 200 variables of which 60 are
 * certificates, in 2,500 lines; 20 ops files of 12 operations; values for all variables.
 */
export function interpolateCorpus(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    'manifest.yml': `---\n# One comment, as such files have.\n${dumpYaml(manifest(), { sortKeys: false })}`,
    'values.yml': dumpYaml(
      Object.fromEntries([...range(passwords).map(passwordValue), ...range(certificates).map(certificateValue)]),
    ),
  };
  for (const index of range(opsFiles)) files[`ops-${index}.yml`] = dumpYaml(operations(index), { sortKeys: false });
  return files;
}

function manifest(): object {
  return {
    name: 'bench',
    manifest_version: 'v1.0.0',
    update: { canaries: 1, max_in_flight: 1, canary_watch_time: '30000-1200000', update_watch_time: '5000-1200000' },
    instance_groups: range(groups).map(instanceGroup),
    variables: [...range(passwords).map(passwordDefinition), ...range(certificates).map(certificateDefinition)],
    releases: range(40).map((index) => ({
      name: `release-${index}`,
      url: `https://releases.example.com/release-${index}?v=1.${index}.0`,
      version: `1.${index}.0`,
      sha1: String(index).padStart(40, '0'),
    })),
    stemcells: [{ alias: 'default', os: 'ubuntu-noble', version: '1.12' }],
  };
}

function instanceGroup(index: number): object {
  return {
    name: `group-${index}`,
    azs: ['z1', 'z2'],
    instances: 2,
    vm_type: 'small',
    stemcell: 'default',
    networks: [{ name: 'default' }],
    jobs: range(jobsPerGroup).map((job) => jobOf(index, job)),
  };
}

function jobOf(group: number, job: number): object {
  const serial = group * jobsPerGroup + job;
  const secret = (offset: number): string => `((password-${(serial + offset) % passwords}))`;
  const tls = `certificate-${serial % certificates}`;
  return {
    name: `job-${job}`,
    release: `release-${serial % 40}`,
    provides: { link: { as: `link-${serial}`, shared: true } },
    properties: {
      port: 8080 + serial,
      'log-level': 'info',
      url: `https://service-${serial}.((system_domain)):443/v1`,
      tls: { certificate: `((${tls}.certificate))`, private_key: `((${tls}.private_key))`, ca: `((${tls}.ca))` },
      clients: { admin: { secret: secret(0), scopes: 'read,write' }, reader: { secret: secret(48), ttl: 600.5 } },
      enabled: true,
    },
  };
}

const passwordDefinition = (index: number): object => ({ name: `password-${index}`, type: 'password' });

function certificateDefinition(index: number): object {
  const options = index === 0 ? { is_ca: true, common_name: 'ca' } : { ca: 'certificate-0', common_name: `c-${index}` };
  return { name: `certificate-${index}`, type: 'certificate', options };
}

const passwordValue = (index: number): readonly [string, unknown] => [
  `password-${index}`,
  index.toString(36).padStart(20, 'k3j9'),
];

function certificateValue(index: number): readonly [string, unknown] {
  const pem = (kind: string, lines: number): string =>
    `-----BEGIN ${kind}-----\n${range(lines)
      .map((line) => `${index}${line}`.padStart(64, 'MIIEowIBAAKCAQEA/+'))
      .join('\n')}\n-----END ${kind}-----\n`;
  const value = {
    ca: pem('CERTIFICATE', 20),
    certificate: pem('CERTIFICATE', 22),
    private_key: pem('RSA PRIVATE KEY', 36),
  };
  return [`certificate-${index}`, value];
}

function operations(file: number): readonly object[] {
  return range(12).map((index) => {
    const group = `/instance_groups/name=group-${(file + index) % groups}`;
    if (index % 4 === 0) return { type: 'replace', path: `${group}/instances`, value: index };
    if (index % 4 === 1) {
      return {
        type: 'replace',
        path: `${group}/jobs/name=job-${index % 4}/properties/feature-${file}?/flag`,
        value: true,
      };
    }
    if (index % 4 === 2) {
      const job = {
        name: `added-${file}-${index}`,
        release: 'release-1',
        properties: { secret: `((password-${file}))` },
      };
      return { type: 'replace', path: `${group}/jobs/-`, value: job };
    }
    return { type: 'remove', path: `${group}/jobs/name=job-0/properties/option-${file}?` };
  });
}
