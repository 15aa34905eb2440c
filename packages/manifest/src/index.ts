export { type DumpOptions, dumpYaml } from './yaml/dump-yaml.ts';
export {
  type LoadOptions,
  loadYaml,
  type Position,
  parseYaml,
  type YamlDocument,
  YamlInvalid,
} from './yaml/load-yaml.ts';
export { fromPlain, toPlain } from './yaml/plain.ts';
export { YamlFloat, type YamlMap, type YamlValue } from './yaml/yaml-value.ts';
