import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, openTempDir } from '@boti/core';
import { parseSshResults, type SshRequest, type SshResult } from '@boti/director-api';
import type { GroupSlug } from '../arguments/slugs.ts';
import type { DeploymentContext } from '../command.ts';
import { type GatewayFlags, proxyCommand } from './gateway.ts';
import { createSshKeyPair } from './key-pair.ts';
import { connectionOptions, type SshHost } from './ssh-arguments.ts';

/** A user on the VMs that the Director made for us, until it is disposed of. */
export interface SshAccess extends AsyncDisposable {
  readonly hosts: readonly SshHost[];
  /** Options for ssh and scp. */
  readonly options: readonly string[];
}

export interface AccessOptions extends GatewayFlags {
  /** Our own key and user: nothing is set up on the VMs. */
  readonly privateKey?: string | undefined;
  readonly username?: string | undefined;
}

export async function openSshAccess(
  context: DeploymentContext,
  target: GroupSlug,
  flags: AccessOptions,
): Promise<SshAccess> {
  const { director, deployment } = context;
  const user = `bosh_${randomUUID().replaceAll('-', '').slice(0, 15)}`;
  const keys = await createSshKeyPair();
  await using undo = new AsyncDisposableStack();
  const dir = undo.use(await openTempDir('boti-ssh-')).path;
  const setup = await director.ssh.start(
    deployment,
    request(deployment, target, { command: 'setup', params: { user, public_key: keys.publicKey } }),
  );
  // The task that removes the user is not waited for.
  undo.defer(async () => {
    const params = { user_regex: `^${user}` };
    await director.ssh.start(deployment, request(deployment, target, { command: 'cleanup', params }));
  });
  const results = parseSshResults(await context.resultOf(setup)).map(succeeded);
  if (results.length === 0) throw new ExpectedError('The Director names no host to connect to');
  const files = { privateKey: flags.privateKey ?? join(dir, 'private-key'), knownHosts: join(dir, 'known-hosts') };
  await writeFile(join(dir, 'private-key'), keys.privateKey, { mode: 0o600 });
  await writeFile(files.knownHosts, results.map(knownHost).join(''), { mode: 0o600 });
  const [first] = results;
  const proxy = proxyCommand(flags, { host: first?.gateway_host ?? undefined, user: first?.gateway_user ?? undefined });
  const known = flags.privateKey === undefined ? files.knownHosts : undefined;
  const owned = undo.move();
  return {
    hosts: results.map((result) => hostOf(result, flags.privateKey === undefined ? user : (flags.username ?? 'vcap'))),
    options: connectionOptions({ ...files, knownHosts: known }, proxy),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

// BOSH: the slug's index or uuid goes into both lists (director/ssh.go).
function request(
  deployment: string,
  { group, id }: GroupSlug,
  rest: Pick<SshRequest, 'command' | 'params'>,
): SshRequest {
  const ids = id === undefined ? [] : [id];
  return { deployment_name: deployment, target: { job: group === '*' ? null : group, indexes: ids, ids }, ...rest };
}

function succeeded(result: SshResult): SshResult {
  if (result.status === 'success') return result;
  throw new ExpectedError(`Setting up SSH on '${result.job}/${result.id}' failed with status '${result.status}'`);
}

function hostOf({ ip, job, id, index }: SshResult, user: string): SshHost {
  const uuid = id ?? String(index ?? '');
  return { ip, user, id: uuid, name: `${job ?? '?'}/${uuid}` };
}

const knownHost = ({ ip, host_public_key }: SshResult): string => (host_public_key ? `${ip} ${host_public_key}\n` : '');
