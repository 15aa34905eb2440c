import { ExpectedError } from '@boti/core';
import { directorCommand } from '../command.ts';
import { deploymentName } from '../session/deployment-name.ts';
import { versionLines } from '../ui/version-lines.ts';

export const deployment = directorCommand({
  name: 'deployment',
  aliases: ['dep'],
  summary: 'Show the deployment',

  async run({ ui, director, globals }) {
    const name = deploymentName(globals);
    const found = (await director.deployments.list()).find((one) => one.name === name);
    if (found === undefined)
      throw new ExpectedError(`Deployment '${name}' doesn't exist`, { hint: "'boti deployments' lists them." });
    const configs = await director.deployments.configs(name);
    ui.table({
      content: 'deployments',
      header: ['Name', 'Release(s)', 'Stemcell(s)', 'Config(s)', 'Team(s)'],
      rows: [
        [
          found.name,
          versionLines(found.releases),
          versionLines(found.stemcells),
          configs.map(({ config }) => `${config.id} ${config.type}/${config.name}`).join('\n'),
          found.teams.join('\n'),
        ],
      ],
    });
  },
});
