import type { Rule } from '../rule.ts';
import { argumentRules } from './argument-rules.ts';
import { concurrencyRules } from './concurrency-rules.ts';
import { diskRules } from './disk-rules.ts';
import { errorRules } from './error-rules.ts';
import { extensionRules } from './extension-rules.ts';
import { hostileInputRules } from './hostile-input-rules.ts';
import { killedCallRules } from './killed-call-rules.ts';
import { lifeCycleRules } from './life-cycle-rules.ts';
import { networkRules } from './network-rules.ts';
import { processRules } from './process-rules.ts';
import { requestRules } from './request-rules.ts';
import { secretRules } from './secret-rules.ts';
import { serveRules } from './serve-rules.ts';
import { deletionRules, managedNetworkRules, snapshotRules, stemcellRules } from './stemcell-rules.ts';
import { versionRules } from './version-rules.ts';
import { vmRules } from './vm-rules.ts';

/** Every rule that the kit checks. */
export const allRules: readonly Rule[] = [
  ...processRules,
  ...requestRules,
  ...secretRules,
  ...concurrencyRules,
  ...versionRules,
  ...stemcellRules,
  ...vmRules,
  ...diskRules,
  ...snapshotRules,
  ...managedNetworkRules,
  ...deletionRules,
  ...networkRules,
  ...lifeCycleRules,
  ...argumentRules,
  ...hostileInputRules,
  ...errorRules,
  ...killedCallRules,
  ...extensionRules,
  ...serveRules,
];
