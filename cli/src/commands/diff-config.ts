import { readFile } from 'node:fs/promises';
import { text } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { formatDiff } from '../ui/diff.ts';
import { UsageError } from '../usage-error.ts';

interface Side {
  readonly id: string;
  readonly content: string;
}

export const diffConfig = directorCommand({
  name: 'diff-config',
  summary: 'Compare two configs, each stored or in a file',
  options: {
    fromId: text('ID of the first config', { placeholder: 'ID' }),
    toId: text('ID of the second config', { placeholder: 'ID' }),
    fromContent: text('File with the first config', { placeholder: 'PATH' }),
    toContent: text('File with the second config', { placeholder: 'PATH' }),
  },

  async run({ ui, director }, options) {
    const from = await side('from', options.fromId, options.fromContent);
    const to = await side('to', options.toId, options.toContent);
    const { diff } = await director.configs.diff({ from, to });
    ui.table({
      isTransposed: true,
      header: ['From ID', 'To ID', 'Diff'],
      rows: [[from.id, to.id, formatDiff(diff).join('')]],
      notes: [],
    });
  },
});

async function side(which: 'from' | 'to', id: string | undefined, path: string | undefined): Promise<Side> {
  if ((id === undefined) === (path === undefined)) {
    throw new UsageError(`Exactly one of --${which}-id and --${which}-content must be provided`);
  }
  return { id: id ?? '', content: path === undefined ? '' : await readFile(path, 'utf8') };
}
