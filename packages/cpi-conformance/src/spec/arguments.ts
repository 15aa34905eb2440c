import type { Trial } from '../run/trial.ts';
import type { MethodSpec, Parameter, ParameterKind } from './methods.ts';

/** Arguments of the right form about things that are not there: nothing is made or found with them. */
export function plausibleArguments(t: Trial, { name, parameters }: MethodSpec): readonly unknown[] {
  return parameters.map((parameter) => plausible(t, name, parameter));
}

function plausible(t: Trial, method: string, { kind, name }: Parameter): unknown {
  const { config, run } = t;
  if (method === 'create_stemcell' && kind === 'path') return `${run.workDir}/no-such-image`;
  const values: Readonly<Record<ParameterKind, () => unknown>> = {
    'vm cid': () => (method === 'create_disk' ? null : t.unknown('vm')),
    'disk cid': () => t.unknown('disk'),
    'stemcell cid': () => t.unknown('stemcell'),
    'snapshot cid': () => t.unknown('snapshot'),
    'network cid': () => t.unknown('network'),
    'disk cids': () => [],
    text: () => t.agentId(),
    path: () => '/nowhere',
    size: () => config.disk.size,
    object: () => objectFor(t, method, name),
    networks: () => t.make.manualNetwork(),
    resources: () => ({ cpu: 1, ram: 512, ephemeral_disk_size: 1024 }),
  };
  return values[kind]();
}

function objectFor({ config }: Trial, method: string, name: string): unknown {
  if (method === 'create_network') return config.managed_network ?? { type: 'manual', cloud_properties: {} };
  if (name !== 'cloud_properties') return {};
  if (method === 'create_vm') return config.vm.cloud_properties;
  return method === 'create_stemcell' ? config.stemcell.cloud_properties : config.disk.cloud_properties;
}

const notText = [42, true, { a: 1 }, ['a'], null, ''];
const notObject = ['text', 7, ['list'], true];

const wrong: Readonly<Record<ParameterKind, readonly unknown[]>> = {
  'vm cid': notText,
  'disk cid': notText,
  'stemcell cid': notText,
  'snapshot cid': notText,
  'network cid': notText,
  text: notText,
  path: notText,
  size: ['ten', '', { a: 1 }, [1], true, null, 0, -1],
  object: notObject,
  networks: [...notObject, { default: 'text' }, { default: { type: 7 } }],
  'disk cids': ['text', 7, { a: 1 }, [7], [['a']], [null]],
  resources: [
    ...notObject,
    null,
    {},
    { cpu: 'many', ram: 512, ephemeral_disk_size: 1024 },
    { cpu: 1, ram: 512 },
    { cpu: 1, ephemeral_disk_size: 1024 },
  ],
};

/** Values that are wrong for this parameter: of another type, empty, out of range. */
export function wrongValues({ kind, isOptional }: Parameter): readonly unknown[] {
  return isOptional ? wrong[kind].filter((value) => value !== null && value !== '') : wrong[kind];
}
