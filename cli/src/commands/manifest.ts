import { during } from '@boti/director-api';
import { deploymentCommand } from '../command.ts';

export const manifest = deploymentCommand({
  name: 'manifest',
  aliases: ['man'],
  summary: 'Show the manifest of the deployment',

  async run({ ui, director, deployment }) {
    const text = await during('Fetching manifest', () => director.deployments.manifest(deployment));
    ui.block(text ?? '');
  },
});
