import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';

export interface NewMachine {
  readonly image: string;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly diskMib: number;
  readonly userData: string;
}

/** What servers, volumes and snapshots are made of. Every method answers, or takes, ids of its own. */
export interface Machines {
  createImage(path: string): Promise<string>;
  deleteImage(image: string): Promise<void>;
  start(machine: NewMachine): Promise<string>;
  stop(machine: string): Promise<void>;
  reboot(machine: string): Promise<void>;
  console(machine: string): Promise<string>;
  createVolume(sizeMib: number): Promise<string>;
  deleteVolume(volume: string): Promise<void>;
  resizeVolume(volume: string, sizeMib: number): Promise<void>;
  attach(machine: string, volume: string): Promise<string>;
  detach(machine: string, volume: string): Promise<void>;
  createSnapshot(volume: string): Promise<string>;
  deleteSnapshot(snapshot: string): Promise<void>;
}

/** Servers that exist on paper only: enough to try a CPI, and to test its conformance, without root. */
export function paperMachines(): Machines {
  const nothing = async (): Promise<void> => undefined;
  const id = async (): Promise<string> => randomUUID();
  return {
    createImage: id,
    deleteImage: nothing,
    start: id,
    stop: nothing,
    reboot: nothing,
    console: async () => 'This server exists on paper only.\n',
    createVolume: id,
    deleteVolume: nothing,
    resizeVolume: nothing,
    attach: async (_machine, volume) => `/dev/disk/by-id/${volume}`,
    detach: nothing,
    createSnapshot: id,
    deleteSnapshot: nothing,
  };
}

/**
 * Servers that run, as containers of this machine: boti's container CPI makes them. What the agent of a server finds as
 * its settings is what the user data says.
 */
export function containerMachines(executable: string, config: string): Machines {
  const call = (method: string, args: readonly unknown[], context: object = {}): Promise<unknown> =>
    callCpi([executable, '--config', config], {
      method,
      arguments: args,
      context: { director_uuid: 'example-cloud', ...context },
      api_version: 2,
    });
  const id = async (method: string, ...args: readonly unknown[]): Promise<string> => String(await call(method, args));
  const done = async (method: string, ...args: readonly unknown[]): Promise<void> => void (await call(method, args));
  return {
    createImage: (path) => id('create_stemcell', path, {}),
    deleteImage: (image) => done('delete_stemcell', image),
    async start({ image, cpus, memoryMib, diskMib, userData }) {
      const settings = JSON.parse(userData);
      const { agent_id, networks, env, mbus, ntp, blobstore } = settings;
      const properties = { cpu: cpus, ram: memoryMib, disk: diskMib };
      const agent = Object.fromEntries(Object.entries({ mbus, ntp, blobstore }).filter(([, value]) => value));
      const made = await call('create_vm', [agent_id, image, properties, networks, [], env], { agent });
      return (made as readonly [string])[0];
    },
    stop: (machine) => done('delete_vm', machine),
    reboot: (machine) => done('reboot_vm', machine),
    console: (machine) => id('console_log', machine),
    createVolume: (sizeMib) => id('create_disk', sizeMib, {}, null),
    deleteVolume: (volume) => done('delete_disk', volume),
    resizeVolume: (volume, sizeMib) => done('resize_disk', volume, sizeMib),
    attach: async (machine, volume) =>
      ((await call('attach_disk', [machine, volume])) as { readonly path: string }).path,
    detach: (machine, volume) => done('detach_disk', machine, volume),
    createSnapshot: (volume) => id('snapshot_disk', volume, {}),
    deleteSnapshot: (snapshot) => done('delete_snapshot', snapshot),
  };
}

async function callCpi([program = '', ...args]: readonly string[], request: object): Promise<unknown> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const failed = new Promise<never>((_resolve, reject) => child.on('error', reject));
  child.stdin.on('error', () => undefined).end(JSON.stringify(request));
  const answer = JSON.parse(await Promise.race([text(child.stdout), failed]));
  if (answer.error !== null) throw new Error(answer.error.message);
  return answer.result;
}
