import { join } from 'node:path';
import { ExpectedError } from '@boti/core';
import { exportedReleaseSchema, parseLines } from '@boti/director-api';
import { argument } from '../arguments/argument-spec.ts';
import { list, textOr } from '../arguments/option-spec.ts';
import { parseVersionSlug } from '../arguments/slugs.ts';
import { deploymentCommand } from '../command.ts';
import { downloadName } from '../session/download-name.ts';

export const exportRelease = deploymentCommand({
  name: 'export-release',
  summary: 'Compile a release for a stemcell and download it',
  args: { release: argument('NAME/VERSION'), stemcell: argument('OS/VERSION') },
  options: {
    dir: textOr('.', 'Where to put the tarball', { placeholder: 'DIR' }),
    job: list('Only this job with its packages; may be given several times'),
  },

  async run({ ui, director, deployment, resultOf }, { release, stemcell, dir, job }) {
    const wanted = parseVersionSlug(release);
    const target = parseVersionSlug(stemcell, 'os/version');
    const task = await director.releases.export({
      deployment_name: deployment,
      release_name: wanted.name,
      release_version: wanted.version,
      stemcell_os: target.name,
      stemcell_version: target.version,
      sha2: true,
      jobs: job.map((name) => ({ name })),
    });
    const [exported] = parseLines(await resultOf(task), exportedReleaseSchema);
    if (exported === undefined) throw new ExpectedError(`Task ${task.id} names no exported release`);
    const parts = [...job, wanted.name, wanted.version, target.name, target.version];
    const destination = join(dir, downloadName(parts.join('-')));
    ui.line(`Downloading resource '${exported.blobstore_id}' to '${destination}'...`);
    await director.downloads.resource({
      blobId: exported.blobstore_id,
      destination,
      digest: exported.sha1,
      progress: (done, total) => ui.progress(done, total),
    });
  },
});
