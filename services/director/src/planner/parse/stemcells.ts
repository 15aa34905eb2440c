import {
  DeploymentInvalidResourceSpecification,
  StemcellAliasAlreadyExists,
  ValidationInvalidValue,
  ValidationMissingField,
} from '../../errors.ts';
import { inspectValue } from '../inspect-value.ts';
import type { SpecReader } from './spec-reader.ts';

/** A stemcell as a manifest names it: by operating system or by name; `version` may be `latest` or `1.latest`. */
export interface StemcellReference {
  readonly alias: string;
  readonly by: 'os' | 'name';
  /** The operating system or the name. */
  readonly wanted: string;
  readonly version: string;
}

export function parseStemcells(reader: SpecReader): readonly StemcellReference[] {
  if (!reader.has('stemcells')) {
    throw new DeploymentInvalidResourceSpecification("Deployment manifest must specify 'stemcells'");
  }
  const stemcells = reader.readers('stemcells').map(parseStemcell);
  const duplicate = stemcells.find(
    ({ alias }, index) => stemcells.findIndex((other) => other.alias === alias) !== index,
  );
  if (duplicate !== undefined) {
    throw new StemcellAliasAlreadyExists(`Duplicate stemcell alias '${duplicate.alias}'`);
  }
  return stemcells;
}

function parseStemcell(reader: SpecReader): StemcellReference {
  const alias = reader.string('alias');
  const version = reader.string('version');
  const os = reader.stringOr('os', null);
  const name = reader.stringOr('name', null);
  if (os !== null && name !== null) {
    throw new ValidationInvalidValue(
      `Properties 'os' and 'name' are both specified for stemcell, choose one. (${inspectValue(reader.source)})`,
    );
  }
  if (os !== null) {
    return { alias, version, by: 'os', wanted: os };
  }
  if (name !== null) {
    return { alias, version, by: 'name', wanted: name };
  }
  throw new ValidationMissingField(
    `Required property 'os' or 'name' was not specified in object (${inspectValue(reader.source)})`,
  );
}
