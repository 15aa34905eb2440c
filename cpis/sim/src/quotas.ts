import { CloudError, type CloudErrorType } from '@boti/cpi-sdk';
import type { SimConfig } from './config.ts';
import type { Kind, Store } from './store.ts';

const errors: Readonly<Partial<Record<Kind, CloudErrorType>>> = { vm: 'VMCreationFailed', disk: 'NoDiskSpace' };

/** Throws when one more of this kind is more than the quotas allow. A VM may be tried again: others may be deleted. */
export function requireQuota(store: Store, quotas: SimConfig['quotas'], kind: Kind): void {
  const limit = quotas[`${kind}s`];
  const count = store.count(kind);
  if (limit === undefined || count < limit) return;
  throw new CloudError(errors[kind] ?? 'CloudError', `Quota reached: ${count} of ${limit} ${kind}s exist`, {
    okToRetry: kind === 'vm',
    hint: 'Delete what is not needed any more, or raise `quotas` of the simulated cloud.',
  });
}

/** Throws when so many MiB more are more than the quota `diskMib` allows. */
export function requireDiskSpace(store: Store, { diskMib: limit }: SimConfig['quotas'], moreMib: number): void {
  if (limit === undefined) return;
  const used = store.all('disk').reduce((sum, { sizeMib }) => sum + sizeMib, 0);
  if (used + moreMib <= limit) return;
  throw new CloudError(
    'NoDiskSpace',
    `Quota reached: ${used} of ${limit} MiB of disks are used, ${moreMib} are wanted`,
  );
}
