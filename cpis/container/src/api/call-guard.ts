import { CloudError } from '@boti/cpi-sdk';
import type { CallHead } from './call-message.ts';

const name = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}$/;

/**
 * Ids become names of files on the host. Its own processes may be trusted with them; what comes over the network is
 * not: all texts among the arguments are ids, but for the image, and a path is no id.
 */
export function requirePlainIds({ request }: CallHead): void {
  const [first, ...others] = request.arguments;
  const ids = request.method === 'create_stemcell' ? others : [first, ...others];
  const creation = (request.context as { boti_creation?: unknown } | null | undefined)?.boti_creation;
  for (const id of [...ids.flat(), creation]) {
    if (typeof id !== 'string' || name.test(id)) continue;
    throw new CloudError('CpiError', `'${id.slice(0, 100)}' is no id`, {
      hint: 'Ids have letters, digits and _ . : - only, and at most 200 of them.',
    });
  }
}
