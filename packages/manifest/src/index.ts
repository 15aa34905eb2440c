export { type DiffLine, diffManifests } from './diff/diff-manifests.ts';
export { checkManifestKeys, type ManifestKind, manifestKindOf, type UnknownKey } from './keys/check-manifest-keys.ts';
export { applyOperation, type Operation } from './ops/apply-operation.ts';
export { findPath } from './ops/find-path.ts';
export { applyOps, OperationFailed, type OpsFile, parseOpsFile } from './ops/ops-file.ts';
export { formatPath, PathInvalid, type PathToken, parsePath } from './ops/path.ts';
export { PathProblem } from './ops/path-problem.ts';
export { generateValue, type LookUpVariable } from './variables/generate/generate-value.ts';
export {
  type Interpolated,
  type InterpolateOptions,
  interpolateTemplate,
  VariablesMismatch,
} from './variables/interpolate-template.ts';
export { type Lookup, placeholdersIn, replacePlaceholders } from './variables/placeholders.ts';
export { placeholdersInValue } from './variables/placeholders-in-value.ts';
export { readInput, readVariables, type VariableFlags } from './variables/read-variables.ts';
export {
  type Assignment,
  collectVariables,
  parseVarFileFlag,
  parseVarFlag,
  parseVarsEnv,
  parseVarsFile,
} from './variables/static-variables.ts';
export { type VariableDefinition, variableDefinitions } from './variables/variable-definitions.ts';
export { partOf, splitName } from './variables/variable-lookup.ts';
export { type VarsStore, varsStoreFile } from './variables/vars-store.ts';
export { decodeText } from './yaml/decode-text.ts';
export { type DumpOptions, dumpYaml, dumpYamlValue } from './yaml/dump-yaml.ts';
export {
  type DuplicateKey,
  type LoadOptions,
  loadYaml,
  type Position,
  parseYaml,
  type YamlDocument,
  YamlInvalid,
} from './yaml/load-yaml.ts';
export { fromPlain, toPlain } from './yaml/plain.ts';
export { OrderedMap, YamlFloat, type YamlKey, type YamlMap, type YamlValue } from './yaml/yaml-value.ts';
