import type { Command } from '../command.ts';

interface Entry {
  readonly aliases?: readonly string[];
  load(): Promise<Command>;
}

/** Every command by its name, loaded when it is asked for. */
const commands: Readonly<Record<string, Entry>> = {
  'add-blob': { load: async () => (await import('./add-blob.ts')).addBlob },
  'alias-env': { load: async () => (await import('./alias-env.ts')).aliasEnv },
  'attach-disk': { load: async () => (await import('./attach-disk.ts')).attachDisk },
  blobs: { load: async () => (await import('./blobs.ts')).blobs },
  'cancel-task': { aliases: ['ct'], load: async () => (await import('./cancel-task.ts')).cancelTask },
  'cancel-tasks': { aliases: ['cts'], load: async () => (await import('./cancel-tasks.ts')).cancelTasks },
  'clean-up': { load: async () => (await import('./clean-up.ts')).cleanUp },
  'cloud-check': { aliases: ['cck', 'cloudcheck'], load: async () => (await import('./cloud-check.ts')).cloudCheck },
  'cloud-config': { aliases: ['cc'], load: async () => (await import('./cloud-config.ts')).cloudConfig },
  completion: { load: async () => (await import('./completion.ts')).completion },
  'cloud up': { load: async () => (await import('./cloud-up.ts')).cloudUp },
  config: { aliases: ['c'], load: async () => (await import('./config.ts')).config },
  configs: { aliases: ['cs'], load: async () => (await import('./configs.ts')).configs },
  'cpi-config': { load: async () => (await import('./cpi-config.ts')).cpiConfig },
  'cpi new': { load: async () => (await import('./cpi-new.ts')).cpiNew },
  'cpi package': { load: async () => (await import('./cpi-package.ts')).cpiPackage },
  'cpi replay': { load: async () => (await import('./cpi-replay.ts')).cpiReplay },
  'cpi run': { load: async () => (await import('./cpi-run.ts')).cpiRun },
  'cpi test': { load: async () => (await import('./cpi-test.ts')).cpiTest },
  'create-env': { load: async () => (await import('./create-env.ts')).createEnvironment },
  'create-recovery-plan': { load: async () => (await import('./create-recovery-plan.ts')).createRecoveryPlan },
  'create-release': { aliases: ['cr'], load: async () => (await import('./create-release.ts')).createRelease },
  curl: { load: async () => (await import('./curl.ts')).curl },
  'delete-config': { aliases: ['dc'], load: async () => (await import('./delete-config.ts')).deleteConfig },
  'delete-deployment': {
    aliases: ['deld'],
    load: async () => (await import('./delete-deployment.ts')).deleteDeployment,
  },
  'delete-disk': { load: async () => (await import('./delete-disk.ts')).deleteDisk },
  'delete-env': { load: async () => (await import('./delete-env.ts')).deleteEnvironment },
  'delete-network': { load: async () => (await import('./delete-network.ts')).deleteNetwork },
  'delete-release': { aliases: ['delr'], load: async () => (await import('./delete-release.ts')).deleteRelease },
  'delete-snapshot': { load: async () => (await import('./delete-snapshot.ts')).deleteSnapshot },
  'delete-snapshots': { load: async () => (await import('./delete-snapshots.ts')).deleteSnapshots },
  'delete-stemcell': { aliases: ['dels'], load: async () => (await import('./delete-stemcell.ts')).deleteStemcell },
  'delete-vm': { load: async () => (await import('./delete-vm.ts')).deleteVm },
  deploy: { aliases: ['d'], load: async () => (await import('./deploy.ts')).deploy },
  deployment: { aliases: ['dep'], load: async () => (await import('./deployment.ts')).deployment },
  deployments: { aliases: ['ds', 'deps'], load: async () => (await import('./deployments.ts')).deployments },
  'diff-config': { load: async () => (await import('./diff-config.ts')).diffConfig },
  disks: { load: async () => (await import('./disks.ts')).disks },
  down: { load: async () => (await import('./down.ts')).down },
  environment: { aliases: ['env'], load: async () => (await import('./environment.ts')).environment },
  environments: { aliases: ['envs'], load: async () => (await import('./environments.ts')).environments },
  errands: { aliases: ['es'], load: async () => (await import('./errands.ts')).errands },
  event: { load: async () => (await import('./event.ts')).event },
  events: { load: async () => (await import('./events.ts')).events },
  'export-release': { load: async () => (await import('./export-release.ts')).exportRelease },
  'finalize-release': { load: async () => (await import('./finalize-release.ts')).finalizeRelease },
  'generate-job': { load: async () => (await import('./generate-job.ts')).generateJob },
  'generate-package': { load: async () => (await import('./generate-package.ts')).generatePackage },
  help: { load: async () => (await import('./help.ts')).help },
  ignore: { load: async () => (await import('./ignore.ts')).ignore },
  'init-release': { load: async () => (await import('./init-release.ts')).initRelease },
  'inspect-local-release': { load: async () => (await import('./inspect-local-release.ts')).inspectLocalRelease },
  'inspect-local-stemcell': { load: async () => (await import('./inspect-local-stemcell.ts')).inspectLocalStemcell },
  'inspect-release': { load: async () => (await import('./inspect-release.ts')).inspectRelease },
  instances: { aliases: ['is'], load: async () => (await import('./instances.ts')).instances },
  interpolate: { aliases: ['int'], load: async () => (await import('./interpolate.ts')).interpolate },
  locks: { load: async () => (await import('./locks.ts')).locks },
  'log-in': { aliases: ['l', 'login'], load: async () => (await import('./log-in.ts')).logIn },
  'log-out': { aliases: ['logout'], load: async () => (await import('./log-out.ts')).logOut },
  logs: { load: async () => (await import('./logs.ts')).logs },
  manifest: { aliases: ['man'], load: async () => (await import('./manifest.ts')).manifest },
  networks: { load: async () => (await import('./networks.ts')).networks },
  'orphan-disk': { load: async () => (await import('./orphan-disk.ts')).orphanDisk },
  'orphaned-vms': { load: async () => (await import('./orphaned-vms.ts')).orphanedVms },
  recover: { load: async () => (await import('./recover.ts')).recover },
  recreate: { load: async () => (await import('./recreate.ts')).recreate },
  releases: { aliases: ['rs'], load: async () => (await import('./releases.ts')).releases },
  'remove-blob': { load: async () => (await import('./remove-blob.ts')).removeBlob },
  'repack-stemcell': { load: async () => (await import('./repack-stemcell.ts')).repackStemcell },
  'reset-release': { load: async () => (await import('./reset-release.ts')).resetRelease },
  restart: { load: async () => (await import('./restart.ts')).restart },
  'run-errand': { load: async () => (await import('./run-errand.ts')).runErrand },
  'runtime-config': { aliases: ['rc'], load: async () => (await import('./runtime-config.ts')).runtimeConfig },
  scp: { load: async () => (await import('./scp.ts')).scp },
  'sha1ify-release': { load: async () => (await import('./sha1ify-release.ts')).sha1ifyRelease },
  'sha2ify-release': { load: async () => (await import('./sha2ify-release.ts')).sha2ifyRelease },
  snapshots: { load: async () => (await import('./snapshots.ts')).snapshots },
  ssh: { load: async () => (await import('./ssh.ts')).ssh },
  'start-env': { load: async () => (await import('./start-env.ts')).startEnvironment },
  start: { load: async () => (await import('./start.ts')).start },
  status: { load: async () => (await import('./status.ts')).status },
  'stemcell build': { load: async () => (await import('./stemcell-build.ts')).stemcellBuild },
  stemcells: { aliases: ['ss'], load: async () => (await import('./stemcells.ts')).stemcells },
  'stop-env': { load: async () => (await import('./stop-env.ts')).stopEnvironment },
  stop: { load: async () => (await import('./stop.ts')).stop },
  'sync-blobs': { load: async () => (await import('./sync-blobs.ts')).syncBlobs },
  'take-snapshot': { load: async () => (await import('./take-snapshot.ts')).takeSnapshot },
  task: { aliases: ['t'], load: async () => (await import('./task.ts')).task },
  tasks: { aliases: ['ts'], load: async () => (await import('./tasks.ts')).tasks },
  'unalias-env': { load: async () => (await import('./unalias-env.ts')).unaliasEnv },
  unignore: { load: async () => (await import('./unignore.ts')).unignore },
  up: { load: async () => (await import('./up.ts')).up },
  'update-cloud-config': {
    aliases: ['ucc'],
    load: async () => (await import('./update-cloud-config.ts')).updateCloudConfig,
  },
  'update-config': { aliases: ['uc'], load: async () => (await import('./update-config.ts')).updateConfig },
  'update-cpi-config': { load: async () => (await import('./update-cpi-config.ts')).updateCpiConfig },
  'update-resurrection': { load: async () => (await import('./update-resurrection.ts')).updateResurrection },
  'update-runtime-config': {
    aliases: ['urc'],
    load: async () => (await import('./update-runtime-config.ts')).updateRuntimeConfig,
  },
  'upload-blobs': { load: async () => (await import('./upload-blobs.ts')).uploadBlobs },
  'upload-release': { aliases: ['ur'], load: async () => (await import('./upload-release.ts')).uploadRelease },
  'upload-stemcell': { aliases: ['us'], load: async () => (await import('./upload-stemcell.ts')).uploadStemcell },
  variables: { aliases: ['vars'], load: async () => (await import('./variables.ts')).variables },
  'vendor-package': { load: async () => (await import('./vendor-package.ts')).vendorPackage },
  vms: { load: async () => (await import('./vms.ts')).vms },
};

export function commandNames(): readonly string[] {
  return Object.keys(commands);
}

/** The command with this name or alias. */
export async function findCommand(name: string): Promise<Command | undefined> {
  const entry = Object.hasOwn(commands, name)
    ? commands[name]
    : Object.values(commands).find(({ aliases }) => aliases?.includes(name));
  return await entry?.load();
}

export async function allCommands(): Promise<readonly Command[]> {
  return await Promise.all(Object.values(commands).map((entry) => entry.load()));
}

/** Names and aliases without loading the commands, for the test that compares them. */
export function commandAliases(name: string): readonly string[] {
  return commands[name]?.aliases ?? [];
}
