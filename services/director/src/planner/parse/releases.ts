import { DeploymentAmbiguousReleaseSpec, DeploymentDuplicateReleaseName } from '../../errors.ts';
import { SpecReader as Reader, type SpecReader } from './spec-reader.ts';

/** A release as a manifest names it; `version` may still be `latest` or `1.latest`. */
export interface ReleaseReference {
  readonly name: string;
  readonly version: string;
  /** Stemcells whose compiled packages are to be taken as they are. */
  readonly exportedFrom: readonly { readonly os: string; readonly version: string }[];
}

export function parseReleases(reader: SpecReader): readonly ReleaseReference[] {
  if (reader.has('release') && reader.has('releases')) {
    throw new DeploymentAmbiguousReleaseSpec(
      "Deployment manifest contains both 'release' and 'releases' sections, please use one of the two.",
    );
  }
  const sources = reader.has('release') ? [new Reader(reader.map('release'))] : listed(reader);
  const releases = sources.map(parseRelease);
  const duplicate = releases.find(({ name }, index) => releases.findIndex((other) => other.name === name) !== index);
  if (duplicate !== undefined) {
    throw new DeploymentDuplicateReleaseName(`Duplicate release name '${duplicate.name}'`);
  }
  return releases;
}

export function parseRelease(reader: SpecReader): ReleaseReference {
  return {
    name: reader.string('name'),
    version: reader.string('version'),
    exportedFrom: reader
      .readers('exported_from')
      .map((stemcell) => ({ os: stemcell.string('os'), version: stemcell.string('version') })),
  };
}

function listed(reader: SpecReader): readonly SpecReader[] {
  reader.list('releases');
  return reader.readers('releases');
}
