import { InstanceInvalidIndex, InstanceNotFound, JobNotFound } from '../errors.ts';
import type { StoredInstance } from './instance-store.ts';

/** Does `id` (a uuid or an index, as text) name this instance? */
export const isNamed = (instance: Pick<StoredInstance, 'uuid' | 'index'>, id: string): boolean =>
  instance.uuid === id || String(instance.index) === id;

/** The one instance that a slug `group/id` names. */
export function requireInstance(
  instances: readonly StoredInstance[],
  deployment: string,
  { group, id }: { readonly group: string; readonly id: string },
): StoredInstance {
  if (!/^(\d+|[0-9a-f]{8}-[0-9a-f-]{27})$/.test(id)) {
    throw new InstanceInvalidIndex(`Invalid instance index or id '${id}'`);
  }
  const found = instances.find((instance) => instance.group === group && isNamed(instance, id));
  if (found === undefined) throw new InstanceNotFound(`'${deployment}/${group}/${id}' doesn't exist`);
  return found;
}

/** Instances of a group, or of all (null, `*`), that one of the ids names; no ids: all of them. */
export function selectInstances(
  instances: readonly StoredInstance[],
  { group, ids }: { readonly group: string | null; readonly ids: readonly string[] },
): StoredInstance[] {
  const ofGroup = group === null || group === '*' ? [...instances] : instances.filter((one) => one.group === group);
  if (group !== null && group !== '*' && ofGroup.length === 0)
    throw new JobNotFound(`Instance group '${group}' doesn't exist`);
  const wanted = ids.filter((id) => id !== '*');
  return wanted.length === 0 ? ofGroup : ofGroup.filter((one) => wanted.some((id) => isNamed(one, id)));
}
