/** A program of a service: argument vector as monit splits it, no shell. */
export interface Program {
  readonly argv: readonly string[];
  /** User and group to run as: names or numbers. */
  readonly uid?: string;
  readonly gid?: string;
  readonly timeoutMs: number;
}

export const operators = ['>', '<', '==', '!='] as const;
export type Operator = (typeof operators)[number];

/** What an `if` looks at. `unchecked`: understood as monit language, but not watched by this supervisor. */
export type Test =
  | { readonly kind: 'memory'; readonly total: boolean; readonly operator: Operator; readonly limit: Limit }
  | { readonly kind: 'cpu'; readonly total: boolean; readonly operator: Operator; readonly percent: number }
  | { readonly kind: 'children'; readonly operator: Operator; readonly count: number }
  | { readonly kind: 'restarts'; readonly restarts: number; readonly cycles: number }
  | { readonly kind: 'port'; readonly host: string; readonly port: number; readonly timeoutMs: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unchecked' };

export type Limit = { readonly kb: number } | { readonly percent: number };

export type RuleAction =
  | { readonly kind: 'alert' | 'monitor' | 'restart' | 'start' | 'stop' | 'unmonitor' }
  | { readonly kind: 'exec'; readonly program: Program };

export interface Rule {
  readonly test: Test;
  /** The action is taken when the test held in `times` of the last `cycles` cycles. */
  readonly times: number;
  readonly cycles: number;
  readonly action: RuleAction;
  readonly text: string;
}

export interface ProcessCheck {
  readonly name: string;
  readonly pidfile: string;
  readonly start?: Program;
  readonly stop?: Program;
  readonly groups: readonly string[];
  readonly dependsOn: readonly string[];
  readonly mode: 'active' | 'passive' | 'manual';
  readonly rules: readonly Rule[];
  readonly file: string;
  readonly line: number;
}

/** Where alert mails go; absent when no `set mailserver` and `set alert` were given. */
export interface MailSettings {
  readonly host: string;
  readonly port: number;
  readonly recipient: string;
}

export interface MonitConfig {
  readonly processes: readonly ProcessCheck[];
  readonly includes: readonly string[];
  readonly pollMs?: number;
  readonly mailServer?: { readonly host: string; readonly port: number };
  readonly recipient?: string;
  readonly http?: { readonly port?: number; readonly address?: string; readonly credentialsFile?: string };
  /** Conditions and checks that are parsed, but not watched: `file:line: text`. */
  readonly unchecked: readonly string[];
}
