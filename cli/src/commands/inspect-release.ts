import type { ReleaseVersion } from '@boti/director-api';
import { argument } from '../arguments/argument-spec.ts';
import { parseVersionSlug } from '../arguments/slugs.ts';
import { directorCommand } from '../command.ts';
import { formatYaml } from '../ui/formats.ts';
import { byText, sortedBy } from '../ui/sort-rows.ts';

export const inspectRelease = directorCommand({
  name: 'inspect-release',
  summary: 'Show jobs and packages of a release',
  args: { slug: argument('NAME/VERSION') },

  async run({ ui, director }, { slug }) {
    const { name, version } = parseVersionSlug(slug);
    const release = await director.releases.get(name, version);
    ui.table({
      content: 'jobs',
      header: ['Job', 'Blobstore ID', 'Digest', 'Links Consumed', 'Links Provided'],
      rows: sortedBy(release.jobs, byText(nameOf)).map((job) => [
        nameOf(job),
        job.blobstore_id,
        job.sha1,
        formatYaml(job.consumes?.map(linkSummary), { sortKeys: false }),
        formatYaml(job.provides?.map(linkSummary), { sortKeys: false }),
      ]),
    });
    ui.table({
      content: 'packages',
      header: ['Package', 'Compiled for', 'Blobstore ID', 'Digest'],
      rows: sortedBy(release.packages, byText(nameOf)).flatMap(packageRows),
      count: release.packages.length,
    });
  },
});

const nameOf = ({ name, fingerprint }: { name: string; fingerprint: string }): string => `${name}/${fingerprint}`;

function linkSummary({
  name,
  type,
  optional,
}: {
  name?: string | undefined;
  type?: string | undefined;
  optional?: unknown;
}) {
  return { name, type, ...(optional === true ? { optional } : {}) };
}

function packageRows(one: ReleaseVersion['packages'][number]): readonly string[][] {
  const name = nameOf(one);
  const source = one.blobstore_id ? [[name, '(source)', one.blobstore_id, one.sha1 ?? '']] : [];
  return [
    ...source,
    ...one.compiled_packages.map((compiled) => [name, compiled.stemcell, compiled.blobstore_id, compiled.sha1]),
  ];
}
