/** BOSH: what the numbers of alerts mean. */
export const severityNames = { 1: 'alert', 2: 'critical', 3: 'error', 4: 'warning' } as const;
export type Severity = keyof typeof severityNames;

/** Something that somebody should know. */
export interface MonitorAlert {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly summary: string;
  readonly deployment: string;
  /** `group/id`, where it is about one. */
  readonly instance?: string | undefined;
  readonly createdAt: Date;
}
