import { resolveVersion } from '@boti/release';
import { StemcellNotFound } from '../errors.ts';
import type { StemcellReference } from './parse/stemcells.ts';
import type { StemcellPlan } from './plan.ts';
import type { StemcellSnapshot } from './snapshot.ts';

/** The uploaded stemcell that each reference means, by alias, `latest` resolved. */
export function resolveStemcells(
  references: readonly StemcellReference[],
  uploaded: readonly StemcellSnapshot[],
): ReadonlyMap<string, StemcellPlan> {
  return new Map(references.map((reference) => [reference.alias, resolveStemcell(reference, uploaded)]));
}

/** Alias → operating system, as far as that can be told before versions are resolved. */
export function operatingSystems(
  references: readonly StemcellReference[],
  uploaded: readonly StemcellSnapshot[],
): ReadonlyMap<string, string> {
  return new Map(
    references.map(({ alias, by, wanted }) => [
      alias,
      by === 'os' ? wanted : (uploaded.find(({ name }) => name === wanted)?.operatingSystem ?? ''),
    ]),
  );
}

function resolveStemcell(reference: StemcellReference, uploaded: readonly StemcellSnapshot[]): StemcellPlan {
  const { alias, by, wanted, version } = reference;
  const candidates = uploaded.filter((stemcell) => (by === 'os' ? stemcell.operatingSystem : stemcell.name) === wanted);
  const resolved = resolveVersion(
    version,
    candidates.map((stemcell) => stemcell.version),
  );
  const matches = candidates.filter((stemcell) => stemcell.version === resolved).toSorted(byName);
  const first = matches[0];
  if (first === undefined) {
    throw notFound(reference, candidates);
  }
  const byCpi: Record<string, StemcellSnapshot> = {};
  for (const stemcell of matches) {
    byCpi[stemcell.cpi] ??= stemcell;
  }
  const { name, operatingSystem, compileKey } = first;
  return { alias, name, operatingSystem, version: first.version, compileKey, byCpi };
}

function byName(a: StemcellSnapshot, b: StemcellSnapshot): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id;
}

function notFound({ by, wanted, version }: StemcellReference, candidates: readonly StemcellSnapshot[]): Error {
  const versions = [...new Set(candidates.map((stemcell) => stemcell.version))];
  const hint = versions.length === 0 ? 'Upload it first.' : `Uploaded versions: ${versions.join(', ')}.`;
  return new StemcellNotFound(
    by === 'os'
      ? `Stemcell version '${version}' for OS '${wanted}' doesn't exist`
      : `Stemcell '${wanted}/${version}' doesn't exist`,
    { hint },
  );
}
