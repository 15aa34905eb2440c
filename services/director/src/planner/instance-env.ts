import { deepMerge } from '@boti/core';

type Properties = Readonly<Record<string, unknown>>;

/** The group's env, with what the feature `use_tmpfs_config` adds to it unless it is there. */
export function instanceEnv(env: Properties, useTmpfs: boolean | null): Properties {
  if (useTmpfs === null) {
    return env;
  }
  const added = { bosh: { job_dir: { tmpfs: useTmpfs }, agent: { settings: { tmpfs: useTmpfs } } } };
  return deepMerge(added, env);
}
