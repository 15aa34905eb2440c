import type { ApiDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { cleanUpRoutes } from './clean-up.ts';
import { cloudCheckRoutes } from './cloud-check.ts';
import { configRoutes } from './configs.ts';
import { deployRoutes } from './deploy.ts';
import { deploymentRoutes } from './deployments.ts';
import { diskRoutes } from './disks.ts';
import { errandRoutes } from './errands.ts';
import { eventRoutes } from './events.ts';
import { infoRoutes } from './info.ts';
import { instanceRoutes } from './instances.ts';
import { leftoverRoutes } from './leftovers.ts';
import { legacyConfigRoutes } from './legacy-configs.ts';
import { lockRoutes } from './locks.ts';
import { packageRoutes } from './packages.ts';
import { releaseRoutes } from './releases.ts';
import { snapshotRoutes } from './snapshots.ts';
import { sshAndLogsRoutes } from './ssh-and-logs.ts';
import { stemcellRoutes } from './stemcells.ts';
import { taskRoutes } from './tasks.ts';

/** The whole REST API. */
export function apiRoutes(deps: ApiDeps): readonly Route[] {
  const resources = [
    infoRoutes,
    taskRoutes,
    deploymentRoutes,
    deployRoutes,
    instanceRoutes,
    errandRoutes,
    sshAndLogsRoutes,
    snapshotRoutes,
    cloudCheckRoutes,
    configRoutes,
    legacyConfigRoutes,
    releaseRoutes,
    packageRoutes,
    stemcellRoutes,
    diskRoutes,
    leftoverRoutes,
    cleanUpRoutes,
    eventRoutes,
    lockRoutes,
  ];
  return resources.flatMap((routes) => routes(deps));
}
