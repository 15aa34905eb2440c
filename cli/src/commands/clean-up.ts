import type { CleanUpPlan } from '@boti/director-api';
import { flag } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { byText, sortedBy } from '../ui/sort-rows.ts';
import type { Table } from '../ui/table.ts';

export const cleanUp = directorCommand({
  name: 'clean-up',
  summary: 'Delete releases, stemcells, disks and blobs that nothing uses',
  options: {
    all: flag('Delete all that is unused; otherwise the newest two versions and orphaned disks stay'),
    dryRun: flag('Only show what would be deleted'),
    keepOrphanedDisks: flag('Keep orphaned disks'),
  },

  async run({ ui, director, followTask }, { all, dryRun, keepOrphanedDisks }) {
    if (dryRun) {
      for (const table of planTables(await director.cleanUp.plan(all, keepOrphanedDisks))) ui.table(table);
      return;
    }
    await ui.confirm();
    await followTask(await director.cleanUp.run(all, keepOrphanedDisks));
  },
});

function planTables(plan: CleanUpPlan): readonly Table[] {
  const versions = (plan.releases ?? []).flatMap((one) => one.versions.map((version) => [one.name, version]));
  const packages = (plan.compiled_packages ?? []).map((one) => [
    one.package_name,
    one.stemcell_os,
    one.stemcell_version,
  ]);
  const disks = (plan.orphaned_disks ?? []).map((one) => [
    one.disk_cid,
    one.deployment_name,
    one.instance_name,
    String(one.size),
  ]);
  const vms = (plan.orphaned_vms ?? []).map((one) => [one.cid, one.deployment_name, one.instance_name]);
  const stemcells = (plan.stemcells ?? []).map((one) => [one.name, one.version]);
  return [
    table('Unused Releases', ['Name', 'Version'], versions),
    table('Unused Stemcells', ['Name', 'Version'], stemcells),
    table('Unused Compiled Packages', ['Name', 'Stemcell OS', 'Stemcell Version'], packages),
    table('Exported Releases', ['Blob ID'], blobs(plan.exported_releases)),
    table('Stale DNS Record Blobs', ['Blob ID'], blobs(plan.dns_blobs)),
    table('Orphaned Disks', ['Disk CID', 'Deployment', 'Instance', 'Size (mb)'], disks),
    table('Orphaned VMs', ['VM CID', 'Deployment', 'Instance'], vms),
  ];
}

function table(title: string, header: readonly string[], rows: readonly string[][]): Table {
  const sorted = sortedBy(
    rows,
    byText(([first = '']) => first),
  );
  return { title, content: title.toLowerCase(), header, rows: sorted };
}

function blobs(items: readonly unknown[] | null | undefined): readonly string[][] {
  return (items ?? []).map((item) => [typeof item === 'string' ? item : JSON.stringify(item)]);
}
