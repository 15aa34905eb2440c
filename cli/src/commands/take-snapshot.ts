import { optionalArgument } from '../arguments/argument-spec.ts';
import { parseInstanceSlug } from '../arguments/slugs.ts';
import { deploymentCommand } from '../command.ts';

export const takeSnapshot = deploymentCommand({
  name: 'take-snapshot',
  summary: 'Snapshot the persistent disks of an instance, or of all',
  args: { slug: optionalArgument('INSTANCE-GROUP/INSTANCE-ID') },

  async run({ director, deployment, followTask }, { slug }) {
    const target = slug === undefined ? undefined : parseInstanceSlug(slug);
    await followTask(await director.snapshots.take(deployment, target));
  },
});
