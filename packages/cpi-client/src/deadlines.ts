const minute = 60_000;

/** Milliseconds by method name; `default` for all the others. */
export type Deadlines = Readonly<Record<string, number>>;

/** Generous: they are there so that a CPI that hangs does not hold its task for ever. The contract itself has none. */
const defaults: Deadlines = {
  default: 10 * minute,
  info: minute,
  create_stemcell: 120 * minute,
  create_vm: 60 * minute,
  delete_vm: 30 * minute,
  snapshot_disk: 120 * minute,
  resize_disk: 60 * minute,
  update_disk: 120 * minute,
};

export function deadlineOf(method: string, own: Deadlines = {}): number {
  return own[method] ?? own.default ?? defaults[method] ?? defaults.default ?? 10 * minute;
}
