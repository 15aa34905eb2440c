import { argument } from '../arguments/argument-spec.ts';
import { text } from '../arguments/option-spec.ts';
import { parseInstanceSlug } from '../arguments/slugs.ts';
import { deploymentCommand } from '../command.ts';
import { UsageError } from '../usage-error.ts';

export const attachDisk = deploymentCommand({
  name: 'attach-disk',
  summary: 'Give a stopped instance another persistent disk',
  args: { slug: argument('INSTANCE-GROUP/INSTANCE-ID'), cid: argument('DISK-CID') },
  options: { diskProperties: text('"copy" takes size and cloud properties from the old disk') },

  async run({ director, deployment, followTask }, { slug, cid, diskProperties }) {
    const { group, id } = parseInstanceSlug(slug);
    if (diskProperties !== undefined && diskProperties !== 'copy') {
      throw new UsageError(`Expected --disk-properties to be 'copy' but was '${diskProperties}'`);
    }
    const copyProperties = diskProperties === 'copy';
    await followTask(await director.disks.attach({ deployment, group, instanceId: id, diskCid: cid, copyProperties }));
  },
});
