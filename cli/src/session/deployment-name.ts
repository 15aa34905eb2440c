import type { GlobalOptions } from '../arguments/global-options.ts';
import { UsageError } from '../usage-error.ts';

/** The deployment that `-d` names. */
export function deploymentName({ deployment }: Pick<GlobalOptions, 'deployment'>): string {
  if (deployment !== undefined && deployment !== '') return deployment;
  throw new UsageError('Expected non-empty deployment name', { hint: 'Name it with -d or BOSH_DEPLOYMENT.' });
}
