import {
  AddonDeploymentFilterNotAllowed,
  AddonIncompleteFilterJobSection,
  AddonIncompleteFilterStemcellSection,
} from '../../errors.ts';
import { type GroupJobSpec, parseJob } from './group-jobs.ts';
import { type Properties, SpecReader } from './spec-reader.ts';

export interface AddonSpec {
  readonly name: string;
  readonly jobs: readonly GroupJobSpec[];
  /** Deprecated: seen by jobs that have none of their own. */
  readonly properties: Properties | null;
  readonly include: AddonFilter;
  readonly exclude: AddonFilter;
}

/** Null keys were not given. All given keys must match; in each, any entry. */
export interface AddonFilter {
  readonly deployments: readonly string[] | null;
  readonly jobs: readonly { readonly name: string; readonly release: string }[] | null;
  readonly instanceGroups: readonly string[] | null;
  readonly stemcells: readonly string[] | null;
  readonly networks: readonly string[] | null;
  readonly teams: readonly string[] | null;
  readonly azs: readonly string[] | null;
  readonly lifecycle: string | null;
}

/** An addon of a runtime config or, with fewer filters, of a manifest. */
export type AddonLevel = 'runtime' | 'deployment';

export function parseAddon(reader: SpecReader, level: AddonLevel): AddonSpec {
  const name = reader.string('name');
  return {
    name,
    jobs: reader.readers('jobs').map(parseJob),
    properties: reader.mapOr('properties', null),
    include: parseFilter(new SpecReader(reader.mapOr('include', {})), level),
    exclude: parseFilter(new SpecReader(reader.mapOr('exclude', {})), level),
  };
}

function parseFilter(reader: SpecReader, level: AddonLevel): AddonFilter {
  if (level === 'deployment' && reader.has('deployments')) {
    throw new AddonDeploymentFilterNotAllowed('Deployments filter is not allowed for deployment level addons');
  }
  const names = (key: string) => (reader.has(key) ? reader.strings(key) : null);
  return {
    deployments: names('deployments'),
    jobs: reader.has('jobs') ? reader.readers('jobs').map(jobFilter) : null,
    instanceGroups: names('instance_groups'),
    stemcells: reader.has('stemcell') ? reader.readers('stemcell').map(stemcellFilter) : null,
    networks: names('networks'),
    teams: level === 'deployment' ? null : names('teams'),
    azs: names('azs'),
    lifecycle: reader.stringOr('lifecycle', null),
  };
}

function jobFilter(reader: SpecReader) {
  const name = reader.stringOr('name', '');
  const release = reader.stringOr('release', '');
  if (name === '' || release === '') {
    throw new AddonIncompleteFilterJobSection(
      `Job filters of an addon must have both 'name' and 'release'; given: name '${name}', release '${release}'`,
    );
  }
  return { name, release };
}

function stemcellFilter(reader: SpecReader): string {
  const os = reader.stringOr('os', '');
  if (os === '') {
    throw new AddonIncompleteFilterStemcellSection("Stemcell filters of an addon must have 'os'");
  }
  return os;
}
