import { join } from 'node:path';
import { ExpectedError } from '@boti/core';
import { during, type ErrandResult, parseErrandResults } from '@boti/director-api';
import { argument } from '../arguments/argument-spec.ts';
import { flag, list, optionalInteger, textOr } from '../arguments/option-spec.ts';
import { parseGroupSlug } from '../arguments/slugs.ts';
import { type DeploymentContext, deploymentCommand } from '../command.ts';
import { downloadName } from '../session/download-name.ts';

export const runErrand = deploymentCommand({
  name: 'run-errand',
  summary: 'Run an errand and show what it printed',
  args: { name: argument('NAME') },
  options: {
    instance: list('Run on this instance; may be given several times', { placeholder: 'GROUP[/ID]' }),
    keepAlive: flag('Keep the VM of the errand'),
    whenChanged: flag('Run only if something has changed since it last succeeded'),
    withHeartbeat: optionalInteger(30, 'Say after this many seconds that it still runs'),
    downloadLogs: flag('Download the logs'),
    logsDir: textOr('.', 'Where to put the logs', { placeholder: 'DIR' }),
  },

  async run(context, { name, instance, keepAlive, whenChanged, withHeartbeat, downloadLogs, logsDir }) {
    const { ui, director, deployment } = context;
    const request = {
      instances: instance.map(parseGroupSlug).map(({ group, id }) => (id === undefined ? { group } : { group, id })),
      'keep-alive': keepAlive,
      'when-changed': whenChanged,
    };
    const results = await during(`Running errand '${name}'`, async () => {
      const task = await director.errands.run(deployment, name, request);
      return parseErrandResults(await context.resultOf(task, { heartbeatSeconds: withHeartbeat }));
    });
    ui.table({
      content: 'errand(s)',
      isTransposed: true,
      header: ['Instance', 'Exit Code', 'Stdout', 'Stderr'],
      rows: results.map((one) => [
        `${one.instance.group}/${one.instance.id}`,
        String(one.exit_code),
        one.stdout,
        one.stderr,
      ]),
      notes: [],
    });
    if (downloadLogs) await download(context, results, { name, logsDir });
    const failed = results.filter(({ exit_code }) => exit_code !== 0).at(-1);
    if (failed !== undefined) throw failure(name, failed.exit_code);
  },
});

async function download(
  { ui, director }: DeploymentContext,
  results: readonly ErrandResult[],
  { name, logsDir }: { name: string; logsDir: string },
): Promise<void> {
  for (const { logs } of results) {
    const blobId = logs?.blobstore_id;
    if (!blobId) continue;
    const destination = join(logsDir, downloadName(name));
    ui.line(`Downloading resource '${blobId}' to '${destination}'...`);
    await director.downloads.resource({ blobId, destination, digest: logs?.sha1 ?? undefined });
  }
}

/** More than 128 means that it was ended by a signal. */
function failure(name: string, exitCode: number): ExpectedError {
  const how = exitCode > 128 ? 'was canceled' : 'completed with error';
  return new ExpectedError(`Errand '${name}' ${how} (exit code ${exitCode})`);
}
