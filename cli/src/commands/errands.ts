import { deploymentCommand } from '../command.ts';
import { byText, sortedBy } from '../ui/sort-rows.ts';

export const errands = deploymentCommand({
  name: 'errands',
  aliases: ['es'],
  summary: 'List the errands of the deployment',

  async run({ ui, director, deployment }) {
    const found = sortedBy(
      await director.errands.list(deployment),
      byText(({ name }) => name),
    );
    ui.table({ content: 'errands', header: ['Name'], rows: found.map(({ name }) => [name]) });
  },
});
