import { argument } from '../arguments/argument-spec.ts';
import { parseInstanceSlug } from '../arguments/slugs.ts';
import { deploymentCommand } from '../command.ts';

export const unignore = deploymentCommand({
  name: 'unignore',
  summary: 'Take an ignored instance into deploys again',
  args: { slug: argument('INSTANCE-GROUP/INSTANCE-ID') },

  async run({ director, deployment }, { slug }) {
    await director.instances.ignore(deployment, parseInstanceSlug(slug), false);
  },
});
