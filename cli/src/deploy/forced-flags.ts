import { loadYaml } from '@boti/manifest';
import { z } from 'zod';
import type { DeploymentContext } from '../command.ts';

const flagKeys = {
  'fix-releases': 'fixReleases',
  fix: 'fix',
  recreate: 'recreate',
  'recreate-persistent-disks': 'recreatePersistentDisks',
  'skip-upload-releases': 'skipUploadReleases',
} as const;

type FlagName = keyof typeof flagKeys;
type ForcedFlags = Partial<Record<(typeof flagKeys)[FlagName], true>>;

const deployConfigSchema = z.object({
  flags: z.array(z.string()).optional(),
  include: z.array(z.string()).optional(),
  exclude: z.array(z.string()).optional(),
});

/** Flags that configs of type `deploy` switch on for this deployment. They cannot switch any off. */
export async function forcedFlags({ director, deployment, ui }: DeploymentContext): Promise<ForcedFlags> {
  const configs = await director.configs.list({ type: 'deploy' }).catch(() => []);
  const forced: ForcedFlags = {};
  for (const { name, content } of configs) {
    const parsed = deployConfigSchema.safeParse(loadYaml(content));
    if (!parsed.success || !appliesTo(deployment, parsed.data, () => ui.remark(ambiguous(name)))) continue;
    for (const flag of (parsed.data.flags ?? []).filter(isFlagName)) {
      forced[flagKeys[flag]] = true;
      ui.remark(`Deploy config '${name}' switches on --${flag}`);
    }
  }
  return forced;
}

type DeployConfig = z.infer<typeof deployConfigSchema>;

function appliesTo(deployment: string, { include, exclude }: DeployConfig, onAmbiguous: () => void): boolean {
  if (include !== undefined && exclude !== undefined) {
    onAmbiguous();
    return false;
  }
  return include?.includes(deployment) ?? !exclude?.includes(deployment);
}

const ambiguous = (name: string): string => `Deploy config '${name}' is ignored: it has both include and exclude`;

const isFlagName = (flag: string): flag is FlagName => Object.hasOwn(flagKeys, flag);
