export type { HealthMonitorConfig } from './config.ts';
