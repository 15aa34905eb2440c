import { argument } from '../arguments/argument-spec.ts';
import { flag, optionalList, text } from '../arguments/option-spec.ts';
import { deploymentCommand } from '../command.ts';
import { deployManifest } from '../deploy/deploy-manifest.ts';
import { templateOptions } from '../manifest/render-manifest.ts';

export const deploy = deploymentCommand({
  name: 'deploy',
  aliases: ['d'],
  summary: 'Bring the deployment to the state that a manifest describes',
  args: { path: argument('PATH') },
  options: {
    ...templateOptions,
    noRedact: flag('Show secrets in the diff'),
    recreate: flag('Recreate all VMs'),
    recreatePersistentDisks: flag('Recreate all persistent disks'),
    recreateVmsCreatedBefore: text('Recreate the VMs made before this time', { placeholder: 'RFC3339' }),
    fix: flag('Recreate VMs whose agent does not answer'),
    fixReleases: flag('Upload the releases again'),
    skipDrain: optionalList('*', 'Stop jobs without draining, of this instance group or of all'),
    skipUploadReleases: flag('Leave the releases alone'),
    canaries: text('Overrides the number of canaries'),
    maxInFlight: text('Overrides the number of instances updated at once'),
    dryRun: flag('Plan only'),
    plan: flag('Show what would be done to which instance and why, and change nothing'),
    forceLatestVariables: flag('Take the newest value of every variable'),
  },

  async run(context, { path, ...options }) {
    await deployManifest(context, path, options);
  },
});
