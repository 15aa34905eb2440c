import type { Rule } from '../rule.ts';
import { argumentRules } from './argument-rules.ts';
import { attachmentRules } from './attachment-rules.ts';
import { concurrencyRules } from './concurrency-rules.ts';
import { deletionRules } from './deletion-rules.ts';
import { diskChangeRules } from './disk-change-rules.ts';
import { diskRules } from './disk-rules.ts';
import { errorRules } from './error-rules.ts';
import { extensionRules } from './extension-rules.ts';
import { hostileInputRules } from './hostile-input-rules.ts';
import { killedCallRules } from './killed-call-rules.ts';
import { lifeCycleRules } from './life-cycle-rules.ts';
import { madeVmRules } from './made-vm-rules.ts';
import { managedNetworkRules } from './managed-network-rules.ts';
import { networkRules } from './network-rules.ts';
import { processRules } from './process-rules.ts';
import { requestRules } from './request-rules.ts';
import { secretRules } from './secret-rules.ts';
import { serveEndRules } from './serve-end-rules.ts';
import { serveRules } from './serve-rules.ts';
import { snapshotRules } from './snapshot-rules.ts';
import { stemcellRules } from './stemcell-rules.ts';
import { versionRules } from './version-rules.ts';
import { vmRules } from './vm-rules.ts';

/** Files of this folder, and the rules in them. */
const byFile: Readonly<Record<string, readonly Rule[]>> = {
  'process-rules.ts': processRules,
  'request-rules.ts': requestRules,
  'secret-rules.ts': secretRules,
  'concurrency-rules.ts': concurrencyRules,
  'version-rules.ts': versionRules,
  'stemcell-rules.ts': stemcellRules,
  'vm-rules.ts': vmRules,
  'made-vm-rules.ts': madeVmRules,
  'disk-rules.ts': diskRules,
  'attachment-rules.ts': attachmentRules,
  'disk-change-rules.ts': diskChangeRules,
  'snapshot-rules.ts': snapshotRules,
  'managed-network-rules.ts': managedNetworkRules,
  'deletion-rules.ts': deletionRules,
  'network-rules.ts': networkRules,
  'life-cycle-rules.ts': lifeCycleRules,
  'argument-rules.ts': argumentRules,
  'hostile-input-rules.ts': hostileInputRules,
  'error-rules.ts': errorRules,
  'killed-call-rules.ts': killedCallRules,
  'extension-rules.ts': extensionRules,
  'serve-rules.ts': serveRules,
  'serve-end-rules.ts': serveEndRules,
};

/** Every rule that the kit checks. */
export const allRules: readonly Rule[] = Object.values(byFile).flat();

/** Where a rule and its check stand, from the root of the repository. */
export function fileOfRule({ id }: Pick<Rule, 'id'>): string {
  const file = Object.keys(byFile).find((name) => byFile[name]?.some((rule) => rule.id === id));
  return `packages/cpi-conformance/src/rules/${file}`;
}
