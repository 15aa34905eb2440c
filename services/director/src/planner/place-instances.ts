/** What placement needs of an instance that is there. */
export interface PlacedInstance {
  readonly uuid: string;
  readonly index: number;
  readonly az: string | null;
  readonly bootstrap: boolean;
  readonly ignore: boolean;
  readonly hasPersistentDisk: boolean;
}

export interface Placement<Instance> {
  /** What each wanted instance is to be: an existing one in its place, or a new one (`existing` null). */
  readonly wanted: readonly { readonly az: string | null; readonly existing: Instance | null }[];
  readonly obsolete: readonly Instance[];
}

export interface PlacementRequest<Instance> {
  readonly count: number;
  /** Null: the group knows no AZs. */
  readonly azs: readonly string[] | null;
  readonly existing: readonly Instance[];
  /** Picks among AZs that are equally good; the lowest name when left out. */
  readonly pickAz?: (azs: readonly (string | null)[]) => string | null;
}

/**
 * Spreads a group over its AZs. Ignored instances stay in any case, those with a persistent disk as long as their AZ and
 * the number of instances allow; the others fill up the emptiest AZs.
 */
export function placeInstances<Instance extends PlacedInstance>(
  request: PlacementRequest<Instance>,
): Placement<Instance> {
  const azs: readonly (string | null)[] = request.azs ?? [null];
  const existing = request.existing.toSorted((a, b) => a.index - b.index);
  const pinned = [
    ...existing.filter(({ ignore }) => ignore),
    ...existing.filter(({ ignore, hasPersistentDisk, az }) => !ignore && hasPersistentDisk && azs.includes(az)),
  ].slice(0, request.count);
  const isPinned = new Set(pinned);
  const free = existing.filter((instance) => !isPinned.has(instance) && azs.includes(instance.az));
  const wanted: { az: string | null; existing: Instance | null }[] = pinned.map((instance) => ({
    az: instance.az,
    existing: instance,
  }));
  const balance = azBalance(azs, pinned);
  while (wanted.length < request.count) {
    const az = balance.next(free, request.pickAz ?? lowestName);
    const taken = free.findIndex((instance) => instance.az === az);
    const [instance = null] = taken === -1 ? [] : free.splice(taken, 1);
    wanted.push({ az, existing: instance });
  }
  const kept = new Set(wanted.map((place) => place.existing?.uuid));
  return { wanted, obsolete: existing.filter(({ uuid }) => !kept.has(uuid)) };
}

/** Counts who is where; `next` names the AZ that the next instance belongs in. */
function azBalance(azs: readonly (string | null)[], placed: readonly PlacedInstance[]) {
  const counts = new Map(azs.map((az) => [az, placed.filter((instance) => instance.az === az).length]));
  return {
    next(free: readonly PlacedInstance[], pickAz: (azs: readonly (string | null)[]) => string | null): string | null {
      const fewest = Math.min(...counts.values());
      const emptiest = azs.filter((az) => counts.get(az) === fewest);
      const inhabited = emptiest.filter((az) => free.some((instance) => instance.az === az));
      const az = pickAz(inhabited.length > 0 ? inhabited : emptiest);
      counts.set(az, fewest + 1);
      return az;
    },
  };
}

function lowestName(azs: readonly (string | null)[]): string | null {
  return azs.toSorted((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1))[0] ?? null;
}
