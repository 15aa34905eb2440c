import { cleanUpPlanSchema, cleanUpRequestSchema } from '@boti/director-api';
import { findArtifacts } from '../../clean-up/find-artifacts.ts';
import { cleanUpTask } from '../../tasks/task-kinds.ts';
import type { ApiDeps } from '../deps.ts';
import { type ApiRequest, json, type Reply, type Route } from '../route.ts';
import { startTask } from '../start-task.ts';

export function cleanUpRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/cleanup',
      summary: 'Delete what no deployment needs',
      right: 'admin',
      media: ['json'],
      body: cleanUpRequestSchema,
      reply: 'task',
      handle: async (request) => {
        const { config } = await request.json(cleanUpRequestSchema);
        const keepOrphanedDisks = config.keep_orphaned_disks ?? false;
        return startTask(deps, request, {
          kind: cleanUpTask,
          input: { removeAll: config.remove_all, keepOrphanedDisks },
        });
      },
    },
    {
      method: 'GET',
      path: '/cleanup/dryrun',
      summary: 'Show what a clean up would delete',
      right: 'admin',
      reply: cleanUpPlanSchema,
      handle: (request) => dryRun(deps, request),
    },
  ];
}

async function dryRun({ database }: ApiDeps, { query }: ApiRequest): Promise<Reply> {
  const options = { removeAll: query.flag('remove_all'), keepOrphanedDisks: query.flag('keep_orphaned_disks') };
  const artifacts = await findArtifacts(database, options);
  const releases = Map.groupBy(artifacts.releases, ({ name }) => name);
  return json({
    releases: [...releases].map(([name, own]) => ({ name, versions: own.map(({ version }) => version) })),
    stemcells: artifacts.stemcells.map(({ name, version, operatingSystem, cpi, cid }) => ({
      name,
      version,
      operating_system: operatingSystem,
      cpi,
      cid,
    })),
    compiled_packages: artifacts.compiledPackages.map((one) => ({
      package_name: one.packageName,
      stemcell_os: one.stemcellOs,
      stemcell_version: one.stemcellVersion,
    })),
    orphaned_disks: artifacts.orphanedDisks.map((disk) => ({
      disk_cid: disk.cid,
      size: disk.sizeMib,
      az: disk.az,
      deployment_name: disk.deploymentName,
      instance_name: disk.instanceName,
    })),
    orphaned_vms: [],
    exported_releases: artifacts.exportedReleases.map((blobstoreId) => ({ blobstore_id: blobstoreId })),
    dns_blobs: [],
  });
}
