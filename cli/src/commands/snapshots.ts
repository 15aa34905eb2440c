import { optionalArgument } from '../arguments/argument-spec.ts';
import { parseGroupSlug } from '../arguments/slugs.ts';
import { deploymentCommand } from '../command.ts';
import { formatTime } from '../ui/formats.ts';

export const snapshots = deploymentCommand({
  name: 'snapshots',
  summary: 'List disk snapshots',
  args: { slug: optionalArgument('INSTANCE-GROUP[/INSTANCE-ID]') },

  async run({ ui, director, deployment }, { slug }) {
    const found = await director.snapshots.list(deployment, slug === undefined ? undefined : parseGroupSlug(slug));
    ui.table({
      content: 'snapshots',
      header: ['Instance', 'CID', 'Created At', 'Clean'],
      rows: found.map((one) => [
        one.job === null ? '?' : `${one.job}/${one.index ?? one.uuid}`,
        one.snapshot_cid,
        formatTime(one.created_at),
        String(one.clean),
      ]),
    });
  },
});
