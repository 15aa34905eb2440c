export { type CreateEnvOptions, createEnv } from './create-env.ts';
export { type DeleteEnvOptions, deleteEnv } from './delete-env.ts';
export type { EnvironmentOptions, Places } from './environment.ts';
export type { ManifestText } from './manifest/parse-manifest.ts';
export type { StageOptions, StageOutput, StepTiming } from './stage.ts';
export { defaultStatePath } from './state/state-file.ts';
export { type StopEnvOptions, startEnv, stopEnv } from './stop-and-start-env.ts';
