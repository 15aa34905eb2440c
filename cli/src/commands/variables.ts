import { deploymentCommand } from '../command.ts';
import { byText, sortedBy } from '../ui/sort-rows.ts';

export const variables = deploymentCommand({
  name: 'variables',
  aliases: ['vars'],
  summary: 'List the variables of the deployment',

  async run({ ui, director, deployment }) {
    const found = sortedBy(
      await director.deployments.variables(deployment),
      byText(({ name }) => name),
    );
    ui.table({ content: 'variables', header: ['ID', 'Name'], rows: found.map(({ id, name }) => [id, name]) });
  },
});
