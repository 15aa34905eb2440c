import { join } from 'node:path';
import { ExpectedError } from '@boti/core';
import { optionalArgument } from '../arguments/argument-spec.ts';
import { flag, integer, list, textOr } from '../arguments/option-spec.ts';
import { parseGroupSlug } from '../arguments/slugs.ts';
import { type DeploymentContext, deploymentCommand } from '../command.ts';
import { downloadName } from '../session/download-name.ts';
import { followLogs } from '../ssh/follow-logs.ts';
import { gatewayOptions } from '../ssh/gateway.ts';
import { UsageError } from '../usage-error.ts';

export const logs = deploymentCommand({
  name: 'logs',
  summary: 'Download the logs of instances, or follow them',
  args: { slug: optionalArgument('INSTANCE-GROUP[/INSTANCE-ID]') },
  options: {
    dir: textOr('.', 'Where to put the tarball', { placeholder: 'DIR' }),
    follow: flag('Show new lines as they are written', { short: 'f' }),
    num: integer('Show this many last lines', { placeholder: 'LINES' }),
    quiet: flag('Leave out the names of the files', { short: 'q' }),
    job: list('Only logs of this job; may be given several times'),
    only: list('Only files that match this pattern; may be given several times'),
    agent: flag("The agent's log"),
    system: flag("The operating system's logs"),
    allLogs: flag('Logs of jobs, agent and operating system'),
    ...gatewayOptions,
  },

  async run(context, { slug, ...options }) {
    const target = slug === undefined ? { group: '*', id: undefined } : parseGroupSlug(slug);
    if (options.job.length > 0 && options.only.length > 0) throw new UsageError('--job and --only exclude each other');
    const filters = options.job.length > 0 ? options.job.map((job) => `${job}/**/*`) : options.only;
    if (options.follow || options.num !== undefined) {
      await followLogs(context, target, { ...options, filters });
      return;
    }
    const types = typesOf(options);
    const task = await context.followTask(
      await context.director.logs.fetch(context.deployment, target, { types, filters }),
    );
    await download(context, task.result ?? '', join(options.dir, fileName(context.deployment, slug)));
  },
});

function typesOf({ allLogs, agent, system }: { allLogs: boolean; agent: boolean; system: boolean }): string {
  if (allLogs) return 'agent,job,system';
  if (agent) return 'agent';
  return system ? 'system' : 'job';
}

function fileName(deployment: string, slug: string | undefined): string {
  const parts = slug === undefined ? [] : slug.split('/');
  return downloadName([deployment, ...parts].join('.'));
}

async function download({ ui, director }: DeploymentContext, blobId: string, destination: string): Promise<void> {
  if (blobId === '') throw new ExpectedError('The Director did not say where the logs are');
  ui.line(`Downloading resource '${blobId}' to '${destination}'...`);
  await director.downloads.resource({ blobId, destination, progress: (done, total) => ui.progress(done, total) });
}
