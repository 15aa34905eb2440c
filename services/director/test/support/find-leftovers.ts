import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Cloud } from '@boti/cpi-sdk';
import type { Database } from '../../src/database/sql.ts';

interface World {
  readonly database: Database;
  readonly cloud: Required<Cloud>;
  readonly directory: string;
}

/** Everything that should be the same here and there, and is not. */
export async function findLeftovers(world: World): Promise<readonly string[]> {
  const { database, cloud } = world;
  const column = async (text: string): Promise<string[]> =>
    (await database.query<{ value: string }>(text)).rows.map(({ value }) => value);
  const there = await cloud.list();
  const vms = await column('select cid as value from vms');
  const disks = await column('select cid as value from persistent_disks union all select cid from orphan_disks');
  const stemcells = await column('select cid as value from stemcells');
  return [
    ...difference('VMs', vms, there.vms),
    ...difference('disks', disks, there.disks),
    ...difference('stemcells', stemcells, there.stemcells),
    ...difference('snapshots', await column('select cid as value from snapshots'), there.snapshots),
    ...difference('agents on the bus', await column('select agent_id as value from vms'), await busAgents(world)),
    ...difference('blobs', await column(knownBlobs), await storedBlobs(world)),
    ...difference('VMs with addresses and disks', await column(vmsOnRecord), await vmsOnCloud(world)),
    ...named('inactive VM', await column('select cid as value from vms where not active')),
    ...named('inactive disk', await column('select cid as value from persistent_disks where not active')),
    ...named('creation', await column('select kind || id as value from cloud_creations')),
    ...named(
      'address of nobody',
      await column('select host(address) as value from ip_addresses where instance_id is null'),
    ),
    ...named(
      'compilation',
      await column(`select instance_group as value from instances where instance_group ~ '^compilation-'`),
    ),
    ...named(
      'unfinished',
      await column(
        `select instance_group || index as value from instances where not update_completed and lifecycle = 'service'`,
      ),
    ),
    ...named('temporary file', await filesUnder(join(world.directory, 'state/work'))),
  ];
}

const knownBlobs = `
  select blobstore_id as value from packages where blobstore_id is not null
  union all select blobstore_id from jobs
  union all select blobstore_id from blobs where type <> 'logs'
  union all select spec->'renderedTemplatesArchive'->>'blobstoreId' from instances
   where spec->'renderedTemplatesArchive'->>'blobstoreId' is not null`;

const vmsOnRecord = `
  select v.cid || ' ' || coalesce((select string_agg(host(a.address), ',' order by a.address) from ip_addresses a
                                    where a.instance_id = v.instance_id), '')
              || ' ' || coalesce((select string_agg(d.cid, ',' order by d.cid) from persistent_disks d
                                    where d.instance_id = v.instance_id), '') as value
    from vms v`;

interface SimVm {
  readonly cid: string;
  readonly settings: { readonly networks: Readonly<Record<string, { readonly ip?: string }>> };
  readonly disks: readonly string[];
  readonly agent: { readonly mounted: readonly string[] };
}

async function vmsOnCloud({ directory }: World): Promise<string[]> {
  const vms = new Map<string, SimVm>();
  for (const line of (await readFile(join(directory, 'cloud/state.jsonl'), 'utf8')).trim().split('\n')) {
    const [kind, cid, value] = JSON.parse(line) as [string, string, SimVm | null];
    if (kind !== 'vm') continue;
    if (value === null) vms.delete(cid);
    else vms.set(cid, value);
  }
  return [...vms.values()].map(({ cid, settings, disks, agent }) => {
    const addresses = Object.values(settings.networks).map(({ ip }) => ip);
    const attached = disks.toSorted().join(',');
    const mounted = agent.mounted.toSorted().join(',');
    return `${cid} ${addresses.join(',')} ${attached === mounted ? attached : `attached ${attached}, mounted ${mounted}`}`;
  });
}

async function busAgents({ directory }: World): Promise<string[]> {
  const text = await readFile(join(directory, 'auth.json'), 'utf8');
  return [...text.matchAll(/CN=([0-9a-f-]{36})\.agent/g)].map((match) => String(match[1]));
}

/** Agents choose the ids of what they upload: it stays unknown when the Director dies before it hears of them. */
async function storedBlobs({ directory }: World): Promise<string[]> {
  const found: string[] = [];
  for (const path of await filesUnder(join(directory, 'blobs'))) {
    const content = await readFile(path);
    if (!isGzip(content) || !gunzipSync(content).includes('./simulated-')) found.push(basename(path));
  }
  return found;
}

const isGzip = (content: Buffer): boolean => content.readUInt16BE() === 0x1f8b;

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

function difference(what: string, here: readonly string[], there: readonly string[]): string[] {
  const lost = here.filter((one) => !there.includes(one));
  const unknown = there.filter((one) => !here.includes(one));
  const twice = here.filter((one, index) => here.indexOf(one) !== index);
  return [
    ...named(`${what} on record only`, lost),
    ...named(`${what} not on record`, unknown),
    ...named(`${what} on record twice`, twice),
  ];
}

function named(what: string, found: readonly string[]): string[] {
  return found.map((one) => `${what}: ${one}`);
}
