import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExpectedError, errnoOf, writeFileAtomic } from '@boti/core';
import { z } from 'zod';

export const ports = { director: 25555, blobstore: 25250, nats: 4222 } as const;

const placeSchema = z.object({
  /** Of the VMs, and of the bridge that they are attached to. */
  network: z
    .string()
    .regex(/^(\d{1,3}\.){3}0\/24$/)
    .default('10.244.0.0/24'),
  /** Where the components listen for this machine's own programs. */
  listen: z
    .string()
    .regex(/^127(\.\d{1,3}){3}$/)
    .default('127.0.0.1'),
});
type Place = z.infer<typeof placeSchema>;

export interface WantedPlace {
  readonly network?: string | undefined;
  readonly listen?: string | undefined;
}

/** Where the embedded components listen: on a loopback address, and on the bridge that the VMs are attached to. */
export interface Addresses extends Place {
  readonly bridgeName: string;
  readonly bridge: string;
  readonly directorUrl: string;
}

/** As an earlier `up` has chosen them. */
export function readAddresses(stateDir: string): Addresses {
  return addressesOf(parsePlace(readPlace(stateDir) ?? {}));
}

/** As asked for. Certificates and VMs hold on to it, so that only `down` undoes the choice. */
export function chooseAddresses(stateDir: string, wanted: WantedPlace): Addresses {
  const known = readPlace(stateDir);
  const place = parsePlace({ ...known, ...withoutUndefined(wanted) });
  if (known !== undefined && JSON.stringify(parsePlace(known)) !== JSON.stringify(place)) {
    throw new ExpectedError(`The embedded cloud is there already, with network ${parsePlace(known).network}`, {
      hint: "Take '--network' and '--listen' away, or run 'boti down' first.",
    });
  }
  return addressesOf(place);
}

export async function recordAddresses(stateDir: string, { network, listen }: Addresses): Promise<void> {
  await writeFileAtomic(placeFile(stateDir), `${JSON.stringify({ network, listen })}\n`, 0o600);
}

const withoutUndefined = (wanted: WantedPlace): Partial<Place> =>
  Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));

function addressesOf(place: Place): Addresses {
  const [prefix = '', second = '', third = ''] = /^\d+\.(\d+)\.(\d+)\./.exec(place.network) ?? [];
  const isDefault = place.network === parsePlace({}).network;
  return {
    ...place,
    bridgeName: isDefault ? 'boti0' : `boti-${second}-${third}`,
    bridge: `${prefix}1`,
    directorUrl: `https://${place.listen}:${ports.director}`,
  };
}

function parsePlace(value: Partial<Place>): Place {
  const parsed = placeSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ExpectedError('The embedded cloud cannot be there', {
    hint: '--network takes a range like 10.245.0.0/24, --listen a loopback address like 127.0.0.2.',
  });
}

const placeFile = (stateDir: string): string => join(stateDir, 'addresses.json');

function readPlace(stateDir: string): Partial<Place> | undefined {
  try {
    return JSON.parse(readFileSync(placeFile(stateDir), 'utf8')) as Partial<Place>;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
