import { createProject } from '@boti/cpi-scaffold';
import { argument } from '../arguments/argument-spec.ts';
import { flag, text } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { progressOn } from '../embedded/progress.ts';

export const cpiNew = localCommand({
  name: 'cpi new',
  summary: 'Make a project for a CPI: it works from the start, against an example cloud that comes with it',
  args: { name: argument('NAME') },
  options: {
    dir: text('Folder of the project (default: its name)', { placeholder: 'DIR' }),
    noInstall: flag("Leave out 'npm install'"),
  },

  async run({ ui, signal }, { name, dir, noInstall }) {
    const progress = progressOn(ui);
    const project = dir ?? name;
    await progress.step(name, async (detail) => {
      const { files } = await createProject({ name, dir: project, install: !noInstall, signal, onProgress: detail });
      return `${files.length} files in ${project}`;
    });
    progress.say(
      [
        'Its README.md tells where things are. What to try next:',
        `  cd ${project}`,
        ...(noInstall ? ['  npm install'] : []),
        '  npm run cloud &                               the example cloud',
        '  npm test                                      the life of a VM and its disk',
        '  boti cpi test bin/cpi                         does it keep the contract?',
      ].join('\n'),
    );
  },
});
