interface Sortable {
  readonly group: string;
  readonly uuid: string;
  readonly az: string | null;
  readonly bootstrap: boolean;
}

/** Update order: the bootstrap instance, the rest of its AZ, instances without AZ, then the other AZs by name. */
export function sortInstances<Instance extends Sortable>(instances: readonly Instance[]): readonly Instance[] {
  const leader = instances.find(({ bootstrap }) => bootstrap);
  const rank = (instance: Instance): string => {
    const first = instance.bootstrap ? '0' : instance.az === leader?.az ? '1' : instance.az === null ? '2' : '3';
    return `${first} ${instance.az ?? ''}`;
  };
  return instances.toSorted(
    (a, b) => compareTexts(rank(a), rank(b)) || compareTexts(`${a.group}/${a.uuid}`, `${b.group}/${b.uuid}`),
  );
}

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
