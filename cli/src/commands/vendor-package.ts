import { resolve } from 'node:path';
import { vendorPackage as vendor } from '@boti/release';
import { argument } from '../arguments/argument-spec.ts';
import { text } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { dirOption, releaseDirectory } from '../releases/release-directory.ts';

export const vendorPackage = localCommand({
  name: 'vendor-package',
  summary: 'Take over a package, and what it depends on, from another release directory',
  args: { name: argument('PACKAGE'), from: argument('SRC-DIR') },
  options: { ...dirOption, prefix: text('Put before the names of the packages', { placeholder: 'PREFIX' }) },

  async run(context, { dir, name, from, prefix }) {
    const options = { ...releaseDirectory(context, dir), name, from: resolve(from) };
    await vendor(prefix === undefined ? options : { ...options, prefix });
  },
});
