import { argument } from '../arguments/argument-spec.ts';
import { parseInstanceSlug } from '../arguments/slugs.ts';
import { deploymentCommand } from '../command.ts';

export const ignore = deploymentCommand({
  name: 'ignore',
  summary: 'Leave an instance alone in deploys',
  args: { slug: argument('INSTANCE-GROUP/INSTANCE-ID') },

  async run({ director, deployment }, { slug }) {
    await director.instances.ignore(deployment, parseInstanceSlug(slug), true);
  },
});
