export type { RegistryConfig } from './config.ts';
export type { RegistryDeps } from './handle-request.ts';
export { startServer } from './server.ts';
export { openSettingsStore, type SettingsStore } from './settings-store.ts';
