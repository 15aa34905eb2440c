import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '@boti/core';
import { basicAuth, createDirectorClient } from '@boti/director-api';
import type { CommandContext, DeploymentContext } from '../command.ts';
import { followTask, resultOf } from '../session/follow-task.ts';
import type { BotiHome } from './boti-home.ts';
import { readCredentials } from './prepare-home.ts';

/** The embedded Director as commands see theirs. */
export async function localDirector(
  context: CommandContext,
  home: BotiHome,
  { deployment, closing }: { readonly deployment: string; readonly closing: DisposableStack },
): Promise<DeploymentContext> {
  const { signal, ui } = context;
  const { directorUrl } = home.addresses;
  const credentials = await readCredentials(home);
  if (credentials === undefined)
    throw new ExpectedError('There is no embedded Director here', { hint: "'boti up' makes one." });
  const caCert = await readFile(join(home.certificates, 'ca.crt'), 'utf8');
  const auth = basicAuth('admin', credentials.adminPassword);
  const director = closing.adopt(createDirectorClient({ url: directorUrl, caCert, auth, signal }), (client) =>
    client.close(),
  );
  return {
    ...context,
    director,
    deployment,
    url: directorUrl,
    info: await director.info(),
    followTask: (task, options) => followTask({ director, ui, signal }, task, options),
    resultOf: (task, options) => resultOf({ director, ui, signal }, task, options),
  };
}
