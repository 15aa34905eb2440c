import { dumpYaml } from '@boti/manifest';
import type { CpiProject } from './cpi-project.ts';

/** The files of the job `<name>_cpi`, by path below the release's `jobs/<name>_cpi/`. */
export function jobSources(project: CpiProject): Readonly<Record<string, string>> {
  return {
    spec: dumpYaml(spec(project), { sortKeys: false }),
    monit: '',
    'templates/cpi.erb': starter(project.name),
    'templates/cpi.json.erb': configuration(project.name),
  };
}

function spec({ name, properties }: CpiProject): Readonly<Record<string, unknown>> {
  return {
    name: `${name}_cpi`,
    description: `CPI for ${name}: an executable that a Director, or create-env, calls. It runs no process of its own.`,
    templates: { 'cpi.erb': 'bin/cpi', 'cpi.json.erb': 'config/cpi.json' },
    packages: [`${name}_cpi`],
    properties: { ...ownProperties(name, properties), ...agentProperties },
  };
}

function ownProperties(name: string, properties: CpiProject['properties']): Readonly<Record<string, unknown>> {
  if (properties === undefined) {
    return {
      [name]: { description: "The CPI's configuration, as a whole; its documentation tells the keys", default: {} },
    };
  }
  return Object.fromEntries(Object.entries(properties).map(([key, property]) => [`${name}.${key}`, property]));
}

const agentProperties = {
  ntp: { description: 'Time servers of the VMs', example: ['0.pool.ntp.org'] },
  'agent.mbus': {
    description:
      "Where agents are reached: the Director's message bus, or the URL that an agent listens on for create-env",
    example: 'https://mbus:secret@0.0.0.0:6868',
  },
  'agent.nats.address': { description: 'Address of the message bus, as VMs see it. Default: nats.address' },
  'nats.address': { description: 'Address of the message bus; without agent.mbus' },
  'nats.port': { description: 'Port of the message bus', default: 4222 },
  'nats.user': { description: 'User of the message bus' },
  'nats.password': { description: 'Password of the message bus' },
  'blobstore.provider': {
    description:
      'local, dav, or another one with blobstore.options. Directors of today tell agents their blobstore themselves',
  },
  'blobstore.options': { description: 'Options of the blobstore as agents take them; what follows is not used then' },
  'blobstore.path': { description: 'Folder of a local blobstore, in the VM' },
  'agent.blobstore.address': { description: 'Address of a dav blobstore, as VMs see it. Default: blobstore.address' },
  'blobstore.address': { description: 'Address of a dav blobstore' },
  'blobstore.port': { description: 'Port of a dav blobstore', default: 25250 },
  'blobstore.agent.user': { description: "Agents' user of a dav blobstore" },
  'blobstore.agent.password': { description: "Agents' password of a dav blobstore" },
  'blobstore.tls.cert.ca': { description: "CA of a dav blobstore's certificate; it is spoken to over TLS then" },
};

const starter = (name: string): string => `#!/bin/sh
packages=\${BOSH_PACKAGES_DIR:-/var/vcap/packages}
jobs=\${BOSH_JOBS_DIR:-/var/vcap/jobs}
exec "$packages/${name}_cpi/bin/cpi" --config "$jobs/${name}_cpi/config/cpi.json" "$@"
`;

const configuration = (name: string): string => `<%=
  agent = {}
  if_p('ntp') { |ntp| agent['ntp'] = ntp }

  if_p('agent.mbus') do |mbus|
    agent['mbus'] = mbus
  end.else_if_p('nats.user', 'nats.password') do |user, password|
    address = p(['agent.nats.address', 'nats.address'])
    agent['mbus'] = "nats://#{user}:#{password}@#{address}:#{p('nats.port')}"
  end

  if_p('blobstore.provider', 'blobstore.options') do |provider, options|
    agent['blobstore'] = { 'provider' => provider, 'options' => options }
  end.else_if_p('blobstore.provider') do |provider|
    case provider
    when 'local'
      options = { 'blobstore_path' => p('blobstore.path') }
    when 'dav'
      address = p(['agent.blobstore.address', 'blobstore.address'])
      options = { 'user' => p('blobstore.agent.user'), 'password' => p('blobstore.agent.password') }
      scheme = 'http'
      if_p('blobstore.tls.cert.ca') do |ca|
        scheme = 'https'
        options['tls'] = { 'cert' => { 'ca' => ca } }
      end
      options['endpoint'] = "#{scheme}://#{address}:#{p('blobstore.port')}"
    else
      raise "blobstore.provider '#{provider}' needs blobstore.options"
    end
    agent['blobstore'] = { 'provider' => provider, 'options' => options }
  end

  JSON.dump('cloud' => {
    'plugin' => '${name}',
    'properties' => { '${name}' => p('${name}', {}), 'agent' => agent }
  })
%>
`;
