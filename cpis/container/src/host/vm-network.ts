import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { ExpectedError, readIfThere, tryCommand, vmCid } from '@boti/core';
import { CloudError } from '@boti/cpi-sdk';
import { closeFirewall, openFirewall } from './firewall.ts';
import { ipBatch } from './shell.ts';
import type { StateDir } from './state-dir.ts';
import { findVmRecord, type VmAddress, type VmPaths, type VmRecord } from './vm-record.ts';

/** What the mark of a bridge says that was there before. */
const foreign = 'made by somebody else';

/**
 * Takes the addresses of a VM for it. To be called under the network lock: the answer holds as long as nobody else
 * looks at the same time.
 */
export async function claimAddresses(state: StateDir, { cid, networks }: VmRecord): Promise<void> {
  for (const { ip } of networks) {
    const owner = await addressOwner(state, ip);
    if (owner !== undefined && owner !== cid && (await findVmRecord(state, vmCid(owner))) !== undefined) {
      throw new CloudError('CloudError', `IP address ${ip} is in use by VM '${owner}'`, {
        hint: 'Delete that VM, or take another address for the new one.',
      });
    }
    await writeFile(join(state.addresses, ip), cid, { mode: 0o600 });
  }
}

export async function releaseAddresses(state: StateDir, { cid, networks }: VmRecord): Promise<void> {
  for (const { ip } of networks) {
    if ((await addressOwner(state, ip)) === cid) await rm(join(state.addresses, ip), { force: true });
  }
}

function addressOwner(state: StateDir, ip: string): Promise<string | undefined> {
  return readIfThere(join(state.addresses, ip));
}

/**
 * Makes the bridge, and gives it each network's gateway as an address of its own. Under the network lock. A bridge that
 * somebody else has made is used, and stays when ours would be removed.
 */
export async function ensureBridge(state: StateDir, bridge: string, networks: readonly VmAddress[]): Promise<void> {
  const interfaces = networkInterfaces();
  const taken = [...addressesOf(interfaces), ...(await connectedNetworks())].filter(({ name }) => name !== bridge);
  for (const network of networks) refuseOverlap(network, taken);
  // A bridge without a VM is not listed here, so an address that seems to be missing may well be there.
  const present = new Set((interfaces[bridge] ?? []).map(({ address }) => address));
  const missing = networks.filter(({ gateway }) => gateway !== undefined && !present.has(gateway));
  const isThere = (await readdir('/sys/class/net')).includes(bridge);
  const isKnown = isThere && (await readdir(state.bridges)).includes(bridge);
  if (isKnown && missing.length === 0) return;
  if (!isKnown) await writeFile(join(state.bridges, bridge), isThere ? foreign : '');
  await ipBatch([
    ...(isThere ? [] : [`link add ${bridge} type bridge`]),
    // Of its own accord a bridge takes the lowest address of its ports: another one with every other VM.
    ...(isKnown ? [] : [`link set ${bridge} address ${macAddress(bridge)}`]),
    ...missing.map(
      ({ gateway = '', prefix }) => `addr replace ${gateway}/${prefix} dev ${bridge}${isIPv6(gateway) ? ' nodad' : ''}`,
    ),
    `link set ${bridge} up`,
  ]);
  if (!isKnown) await openFirewall(bridge);
}

interface TakenNetwork {
  readonly name: string;
  readonly cidr: string;
}

function addressesOf(interfaces: ReturnType<typeof networkInterfaces>): readonly TakenNetwork[] {
  return Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses.flatMap(({ cidr }) => (cidr === null ? [] : [{ name, cidr }])),
  );
}

/** Interfaces without a carrier, a bridge without ports say, are not listed among the others but have their routes. */
async function connectedNetworks(): Promise<readonly TakenNetwork[]> {
  const [, ...lines] = ((await readIfThere('/proc/net/route')) ?? '').trim().split('\n');
  return lines.flatMap((line) => {
    const [name = '', destination = '', gateway = '', , , , , mask = ''] = line.split('\t');
    const prefix = Buffer.from(mask, 'hex').reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    const isConnected = prefix > 0 && /^0+$/.test(gateway);
    return isConnected ? [{ name, cidr: `${[...Buffer.from(destination, 'hex')].reverse().join('.')}/${prefix}` }] : [];
  });
}

/** A network that the host has elsewhere too would take its packets away from the bridge. */
function refuseOverlap(network: VmAddress, taken: readonly TakenNetwork[]): void {
  const overlapping = taken.find(({ cidr }) => contains(cidr, network.ip));
  if (overlapping === undefined) return;
  const { name, cidr } = overlapping;
  const what = `Network '${network.name}' (${network.ip}/${network.prefix}) overlaps with ${name} (${cidr})`;
  throw new ExpectedError(what, {
    hint: 'Give the network in the cloud config a range that this machine does not use.',
  });
}

function contains(cidr: string, ip: string): boolean {
  const [address = '', prefix] = cidr.split('/');
  if (isIP(address) !== isIP(ip)) return false;
  const subnet = new BlockList();
  const family = isIPv6(ip) ? 'ipv6' : 'ipv4';
  subnet.addSubnet(address, Number(prefix), family);
  return subnet.check(ip, family);
}

/** Namespace, and one interface pair for each network. What is left of an earlier start is replaced. */
export async function ensureVmNetwork(
  paths: VmPaths,
  record: VmRecord,
  { bridge, signal }: { readonly bridge: string; readonly signal?: AbortSignal },
): Promise<void> {
  await removeVmNetwork(paths);
  const links = record.networks.flatMap((network, index) => {
    const host = paths.hostInterface(index);
    return [
      `link add ${host} type veth peer name eth${index} address ${macAddress(network.ip)} netns ${paths.name}`,
      `link set ${host} master ${bridge} up`,
    ];
  });
  await ipBatch([`netns add ${paths.name}`, ...links], undefined, signal);
  await ipBatch(['link set lo up', ...record.networks.flatMap(insideLines)], paths.name, signal);
}

function insideLines({ ip, prefix, gateway, isDefaultGateway }: VmAddress, index: number): readonly string[] {
  const family = isIPv6(ip) ? '-6 ' : '';
  const lines = [`addr add ${ip}/${prefix} dev eth${index}${isIPv6(ip) ? ' nodad' : ''}`, `link set eth${index} up`];
  if (gateway !== undefined && isDefaultGateway)
    lines.push(`${family}route add default via ${gateway} dev eth${index}`);
  return lines;
}

/** Deleting the host's ends deletes the pairs at once; a namespace alone would take its time. Absent is success. */
export async function removeVmNetwork(paths: VmPaths): Promise<void> {
  const prefix = paths.hostInterface(0).slice(0, -1);
  const interfaces = (await readdir('/sys/class/net')).filter((name) => name.startsWith(prefix));
  const namespaces: readonly string[] = await readdir('/run/netns').catch(() => []);
  const lines = interfaces.map((name) => `link del ${name}`);
  if (namespaces.includes(paths.name)) lines.push(`netns del ${paths.name}`);
  if (lines.length > 0) await ipBatch(lines);
}

/** Removes the bridges that this cloud has made and that nobody else uses. Answers their names. */
export async function removeBridges(state: StateDir): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const bridge of await readdir(state.bridges)) {
    const ports = await readdir(`/sys/class/net/${bridge}/brif`).catch(() => undefined);
    if (ports !== undefined && ports.length > 0) continue;
    await closeFirewall(bridge);
    const isOurs = ports !== undefined && (await readFile(join(state.bridges, bridge), 'utf8')) !== foreign;
    if (isOurs && (await tryCommand('ip', ['link', 'del', bridge])).exitCode === 0) removed.push(bridge);
    await rm(join(state.bridges, bridge), { force: true });
  }
  return removed;
}

/** From the address, so that an address keeps its MAC from VM to VM and nobody's neighbour table goes stale. */
function macAddress(name: string): string {
  const hash = createHash('sha256').update(name).digest();
  return [0x02, 0x62, hash[0], hash[1], hash[2], hash[3]]
    .map((byte) => (byte ?? 0).toString(16).padStart(2, '0'))
    .join(':');
}
