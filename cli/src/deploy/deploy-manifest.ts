import { ExpectedError } from '@boti/core';
import { type DeployOptions, TaskFailed } from '@boti/director-api';
import { loadYaml } from '@boti/manifest';
import { z } from 'zod';
import type { DeploymentContext } from '../command.ts';
import { renderManifest, type TemplateValues } from '../manifest/render-manifest.ts';
import { reportOddKeys } from '../manifest/report-odd-keys.ts';
import { uploadManifestReleases } from '../releases/upload-manifest-releases.ts';
import { showDiff } from '../ui/show-diff.ts';
import { forcedFlags } from './forced-flags.ts';
import { showPlan } from './show-plan.ts';

export interface DeployFlags extends TemplateValues {
  readonly noRedact: boolean;
  readonly recreate: boolean;
  readonly recreatePersistentDisks: boolean;
  readonly recreateVmsCreatedBefore: string | undefined;
  readonly fix: boolean;
  readonly fixReleases: boolean;
  readonly skipDrain: readonly string[];
  readonly skipUploadReleases: boolean;
  readonly canaries: string | undefined;
  readonly maxInFlight: string | undefined;
  readonly dryRun: boolean;
  /** A dry run, of which the plan is shown. */
  readonly plan: boolean;
  readonly forceLatestVariables: boolean;
}

/** Releases are uploaded before the diff and the question, as upstream's CLI does. */
export async function deployManifest(context: DeploymentContext, path: string, given: DeployFlags): Promise<void> {
  const { ui, director, deployment, followTask } = context;
  const flags = { ...given, ...(await forcedFlags(context)) };
  const rendered = await renderManifest(path, flags, context.env);
  requireName(rendered.text, deployment);
  reportOddKeys(ui, rendered, { kind: 'deployment', isFatal: flags.strict });
  const manifest =
    flags.skipUploadReleases || flags.plan
      ? rendered.text
      : await uploadManifestReleases(context, rendered.text, { fix: flags.fixReleases });
  const diff = await director.deployments.diff(deployment, manifest, !flags.noRedact);
  showDiff(ui, diff);
  if (!flags.plan) await ui.confirm();
  const task = await director.deployments.deploy(manifest, { ...deployOptions(flags), context: diff.context });
  try {
    await followTask(task);
  } catch (cause) {
    if (!(cause instanceof TaskFailed)) throw cause;
    throw new ExpectedError(flags.plan ? 'Planning deployment' : 'Updating deployment', {
      cause,
      hint: `'boti task ${task.id} --debug' shows the whole log.`,
    });
  }
  if (flags.plan) showPlan(ui, await director.tasks.result(task.id));
}

function deployOptions(flags: DeployFlags): DeployOptions {
  return {
    recreate: flags.recreate || flags.recreateVmsCreatedBefore !== undefined,
    recreatePersistentDisks: flags.recreatePersistentDisks,
    recreateVmsCreatedBefore: flags.recreateVmsCreatedBefore,
    fix: flags.fix,
    dryRun: flags.dryRun || flags.plan,
    canaries: flags.canaries,
    maxInFlight: flags.maxInFlight,
    forceLatestVariables: flags.forceLatestVariables,
    skipDrain: flags.skipDrain.length === 0 ? undefined : flags.skipDrain.join(','),
  };
}

const named = z.object({ name: z.string().optional() });

function requireName(manifest: string, deployment: string): void {
  const parsed = named.safeParse(loadYaml(manifest));
  const name = parsed.success ? (parsed.data.name ?? '') : '';
  if (name === deployment) return;
  throw new ExpectedError(`Expected manifest to specify deployment name '${deployment}' but was '${name}'`, {
    hint: 'Name the deployment of the manifest with -d, or correct its `name`.',
  });
}
