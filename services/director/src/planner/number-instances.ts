import type { PlacedInstance } from './place-instances.ts';

interface Place {
  readonly existing: PlacedInstance | null;
}

type Numbered<Item> = Item & { readonly index: number; readonly bootstrap: boolean };

/**
 * Gives every place its index and one of them the bootstrap role. Who is there keeps its index; a newcomer gets the lowest
 * that no row of the group holds, rows about to be deleted included.
 */
export function numberInstances<Item extends Place>(
  places: readonly Item[],
  rows: readonly PlacedInstance[],
): readonly Numbered<Item>[] {
  const indexes = keptIndexes(places);
  const taken = new Set([...rows.map(({ index }) => index), ...indexes.values()]);
  let next = 0;
  const numbered = places.map((place) => {
    const kept = place.existing === null ? undefined : indexes.get(place.existing.uuid);
    if (kept !== undefined) {
      return { ...place, index: kept };
    }
    while (taken.has(next)) {
      next += 1;
    }
    taken.add(next);
    return { ...place, index: next };
  });
  const leader = bootstrapIndex(numbered);
  return numbered.map((place) => ({ ...place, bootstrap: place.index === leader }));
}

/** Instances adopted from other groups may bring an index that is taken: the first one keeps it. */
function keptIndexes(places: readonly Place[]): ReadonlyMap<string, number> {
  const byIndex = new Map<number, string>();
  for (const { existing } of places) {
    if (existing !== null && !byIndex.has(existing.index)) {
      byIndex.set(existing.index, existing.uuid);
    }
  }
  return new Map([...byIndex].map(([index, uuid]) => [uuid, index]));
}

function bootstrapIndex(places: readonly (Place & { readonly index: number })[]): number {
  const leaders = places.filter((place) => place.existing?.bootstrap === true);
  return leaders.length === 1 && leaders[0] !== undefined
    ? leaders[0].index
    : Math.min(...places.map(({ index }) => index));
}
