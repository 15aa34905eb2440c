import type { Database } from '../database/sql.ts';
import { InstanceInvalidIndex, InstanceNotFound } from '../errors.ts';
import { type InstanceView, instanceViews } from '../views/instance-view-store.ts';

export interface InstanceName {
  readonly deployment: string;
  readonly group: string;
  /** Index or uuid. */
  readonly id: string;
}

/** The instance of that index or uuid. What is neither is 70002, what does not exist 70001. */
export async function requireInstanceView(
  database: Database,
  { deployment, group, id }: InstanceName,
): Promise<InstanceView> {
  if (!/^\d+$/.test(id) && !/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id)) throw new InstanceInvalidIndex(id);
  const instances = await instanceViews(database, deployment);
  const found = instances.find(
    (instance) => instance.group === group && (instance.uuid === id || String(instance.index) === id),
  );
  if (found === undefined) throw new InstanceNotFound(`'${group}/${id}' doesn't exist`);
  return found;
}
