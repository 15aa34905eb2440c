import { createHash } from 'node:crypto';
import {
  type AgentRequest,
  type AgentSettings,
  type ApplySpec,
  type BlobstoreSettings,
  directorProtocol,
} from '@boti/agent-protocol';
import { messageOf } from '@boti/core';
import { agentState } from './agent-state.ts';
import type { SimAgent } from './sim-agent.ts';
import { tarball } from './tarball.ts';
import { putBlob, putSigned } from './upload-blob.ts';

type Action = (agent: SimAgent, args: readonly unknown[]) => unknown;

const asynchronous = new Set([
  'prepare',
  'apply',
  'stop',
  'drain',
  'run_script',
  'run_errand',
  'compile_package',
  'compile_package_with_signed_url',
  'fetch_logs',
  'fetch_logs_with_signed_url',
  'update_settings',
  'upload_blob',
  'add_persistent_disk',
  'remove_persistent_disk',
  'mount_disk',
  'unmount_disk',
  'migrate_disk',
  'add_dynamic_disk',
]);

export function isAsynchronous({ method, protocol }: AgentRequest): boolean {
  return asynchronous.has(method) || (method === 'list_disk' && protocol >= directorProtocol);
}

/** What agents do, as far as a caller can see it. */
export const actions: Readonly<Record<string, Action>> = {
  ping: () => 'pong',
  info: () => ({ api_version: 1 }),
  cancel_task: () => 'canceled',
  get_state: (agent, [kind]) => agentState(agent.vm(), kind === 'full'),
  prepare: () => 'prepared',
  apply(agent, [spec]) {
    agent.changeAgent({ spec: spec as ApplySpec });
    return 'applied';
  },
  start(agent) {
    agent.changeAgent({ jobState: 'running' });
    return 'started';
  },
  stop(agent) {
    agent.changeAgent({ jobState: 'stopped' });
    return 'stopped';
  },
  drain(agent, [kind]) {
    if (kind === 'status') throw new Error("Unexpected call with drain type 'status'");
    if (kind === 'shutdown') agent.announceShutdown();
    return 0;
  },
  run_script: () => ({}),
  run_errand: () => ({ stdout: 'simulated errand\n', stderr: '', exit_code: 0 }),
  async compile_package(agent, [, , name, version]) {
    const content = compiledPackage(String(name), String(version));
    return { result: { blobstore_id: await putBlob(blobstore(agent), content), sha1: sha1(content) } };
  },
  async compile_package_with_signed_url(agent, [request]) {
    const { name, version, upload_signed_url, blobstore_headers } = request as Record<string, never>;
    const content = compiledPackage(String(name), String(version));
    await putSigned(upload_signed_url as unknown as string, content, blobstore_headers, authority(agent));
    return { result: { sha1: multiDigest(content) } };
  },
  async fetch_logs(agent) {
    const content = logs(agent);
    return { blobstore_id: await putBlob(blobstore(agent), content), sha1: sha1(content) };
  },
  async fetch_logs_with_signed_url(agent, [request]) {
    const { signed_url, blobstore_headers } = request as Record<string, never>;
    const content = logs(agent);
    await putSigned(signed_url as unknown as string, content, blobstore_headers, authority(agent));
    return { sha1: multiDigest(content) };
  },
  bundle_logs: () => ({ logs_tar_path: '/tmp/simulated-logs.tgz', sha512: '' }),
  remove_file: (_agent, [path]) => path,
  ssh: (agent, [command]) => ({
    command,
    status: 'success',
    ...(command === 'setup' && {
      ip: Object.values(agent.vm().settings.networks)[0]?.ip ?? '127.0.0.1',
      host_public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    }),
  }),
  shutdown(agent) {
    agent.changeAgent({ isOff: true });
    setTimeout(() => void agent[Symbol.asyncDispose](), 50);
    return '';
  },
  sync_dns: () => 'synced',
  sync_dns_with_signed_url: () => 'synced',
  upload_blob: (_agent, [blob]) => (blob as { readonly blob_id: string }).blob_id,
  update_settings: (agent, [update]) => updateSettings(agent, update as SettingsUpdate),
  delete_arp_entries: () => ({}),
  add_dynamic_disk: () => ({}),
  remove_dynamic_disk: () => ({}),
  list_disk: (agent) => agent.vm().agent.mounted,
  add_persistent_disk(agent, [disk]) {
    const cid = String(disk);
    const { disks, agent: own } = agent.vm();
    if (!disks.includes(cid)) throw new Error(`disk '${cid}' is not attached to this VM`);
    agent.changeAgent({ known: [...new Set([...own.known, cid])] });
    return {};
  },
  remove_persistent_disk(agent, [disk]) {
    agent.changeAgent({ known: agent.vm().agent.known.filter((cid) => cid !== disk) });
    return {};
  },
  mount_disk(agent, [disk]) {
    const cid = String(disk);
    const { known, mounted } = agent.vm().agent;
    if (!known.includes(cid)) throw new Error(`Persistent disk with volume id '${cid}' could not be found`);
    agent.changeAgent({ mounted: [...new Set([...mounted, cid])] });
    return {};
  },
  unmount_disk(agent, [disk]) {
    const { mounted } = agent.vm().agent;
    agent.changeAgent({ mounted: mounted.filter((cid) => cid !== disk) });
    return {
      message: mounted.includes(String(disk))
        ? `Unmounted partition of ${disk}`
        : `Partition of ${disk} is not mounted`,
    };
  },
  // The first disk is mounted at the store, the second one beside it: the data goes from one to the other, and the
  // second takes the place of the first. What the arguments say does not matter to agents.
  migrate_disk(agent) {
    const [, target] = agent.vm().agent.mounted;
    if (target === undefined) throw new Error('No disk is mounted at /var/vcap/store_migration_target');
    agent.changeAgent({ mounted: [target] });
    return {};
  },
};

interface SettingsUpdate {
  readonly mbus?: { readonly cert?: object; readonly urls?: readonly string[] } | null;
  readonly blobstores?: readonly BlobstoreSettings[] | null;
}

/** New credentials take effect at once: the agent comes back to the bus with them. */
async function updateSettings(agent: SimAgent, { mbus, blobstores }: SettingsUpdate): Promise<string> {
  const { settings } = agent.vm();
  const bosh = { ...settings.env?.bosh, ...(mbus && { mbus: { ...settings.env?.bosh?.mbus, ...mbus } }) };
  const next = { ...settings, env: { ...settings.env, bosh: { ...bosh, ...(blobstores && { blobstores }) } } };
  const isNewBus = JSON.stringify(next.env.bosh.mbus) !== JSON.stringify(settings.env?.bosh?.mbus);
  agent.change({ settings: next as AgentSettings });
  // Not awaited: the answer to this request goes over the old connection.
  if (isNewBus) setTimeout(() => reconnect(agent), 100);
  return 'ok';
}

function reconnect(agent: SimAgent): void {
  agent.connect().catch((error: unknown) => agent.note(`cannot reconnect: ${messageOf(error)}`));
}

function blobstore(agent: SimAgent): BlobstoreSettings {
  const { settings } = agent.vm();
  const found = settings.env?.bosh?.blobstores?.[0] ?? settings.blobstore;
  if (found) return found;
  throw new Error(
    'the settings of this VM have no blobstore: neither env.bosh.blobstores nor agent.blobstore of the CPI',
  );
}

function authority(agent: SimAgent): string | undefined {
  const { settings } = agent.vm();
  const options = (settings.env?.bosh?.blobstores?.[0] ?? settings.blobstore)?.options;
  return (options as { tls?: { cert?: { ca?: string } } } | undefined)?.tls?.cert?.ca;
}

function compiledPackage(name: string, version: string): Buffer {
  return tarball({ './simulated-package': `${name} ${version}\n` });
}

function logs(agent: SimAgent): Buffer {
  return tarball({ './simulated-agent.log': agent.log() });
}

function sha1(content: Buffer): string {
  return createHash('sha1').update(content).digest('hex');
}

function multiDigest(content: Buffer): string {
  return `${sha1(content)};sha512:${createHash('sha512').update(content).digest('hex')}`;
}
