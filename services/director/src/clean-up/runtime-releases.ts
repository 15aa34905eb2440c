import { loadYaml } from '@boti/manifest';
import { z } from 'zod';

const schema = z.object({
  releases: z
    .array(z.object({ name: z.string(), version: z.union([z.string(), z.number()]).transform(String) }))
    .nullish(),
});

/** `name/version` of the releases that a runtime config names. */
export function runtimeReleases(content: string): readonly string[] {
  const parsed = schema.safeParse(loadYaml(content, { file: 'runtime config' }));
  return (parsed.data?.releases ?? []).map(({ name, version }) => `${name}/${version}`);
}
