import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApplySpec } from '@boti/agent-protocol';
import { writeFileAtomic } from '@boti/core';
import { within } from '../action-error.ts';
import { parseSpec } from '../apply/spec-store.ts';
import type { Action, Deps } from './action.ts';

export function apply({ applier, dirs, specs }: Deps): Action<'apply'> {
  return {
    name: 'apply',
    mode: 'async',
    minArgs: 1,
    async run([content]) {
      const spec = await within('Resolving dynamic networks', async () => specs.resolve(parseSpec(content)));
      if (spec.configuration_hash) await within('Applying', () => applier.apply(spec));
      await within('Persisting apply spec', () => specs.set(spec));
      await writeInstanceFiles(dirs.instance, spec);
      return 'applied';
    },
  };
}

/** `/var/vcap/instance/{id,az,name,deployment}`, for jobs to read. */
async function writeInstanceFiles(dir: string, spec: ApplySpec): Promise<void> {
  await mkdir(dir, { recursive: true });
  const { id, az, name, deployment } = spec;
  for (const [file, text] of Object.entries({ id, az, name, deployment })) {
    await writeFileAtomic(join(dir, file), text ?? '', 0o644);
  }
  await chmod(dir, 0o755);
}
