/** Why an agent may stay silent, the more certain kinds of evidence first. */
export const bootCauses = [
  'vm-gone',
  'address-in-use',
  'credentials-wrong',
  'certificate-expired',
  'clock-skew',
  'ca-wrong',
  'certificate-name-wrong',
  'settings-malformed',
  'settings-missing',
  'disk-full',
  'disk-hint-wrong',
  'bus-port-differs',
  'agent-crash-loop',
  'gateway-wrong',
  'bus-unreachable',
  'port-closed',
  'port-filtered',
  'agent-not-on-bus',
] as const;
export type BootCause = (typeof bootCauses)[number];

/** One explanation, and how to mend it. */
export interface Finding {
  readonly cause: BootCause;
  /** What was seen, and what follows from it. */
  readonly text: string;
  readonly remedy: string;
}
