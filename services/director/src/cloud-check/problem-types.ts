export interface Resolution {
  readonly name: string;
  /** What people choose by; clients match on it. */
  readonly plan: string;
}

interface ProblemType {
  /** Taken where nobody chooses. */
  readonly auto: string;
  readonly resolutions: readonly Resolution[];
}

const ignore = { name: 'ignore', plan: 'Skip for now' };
const recreateVmWithoutWait = {
  name: 'recreate_vm_without_wait',
  plan: 'Recreate VM without waiting for processes to start',
};
const recreateVm = { name: 'recreate_vm', plan: 'Recreate VM and wait for processes to start' };
const forcefully = '(forceful; may need to manually delete VM from the Cloud to avoid IP conflicts)';

/** What can be wrong, and what can be done about it, in BOSH's words. */
export const problemTypes = {
  missing_vm: {
    auto: 'recreate_vm_without_wait',
    resolutions: [
      ignore,
      recreateVmWithoutWait,
      recreateVm,
      { name: 'delete_vm_reference', plan: 'Delete VM reference' },
    ],
  },
  unresponsive_agent: {
    auto: 'ignore',
    resolutions: [
      ignore,
      { name: 'reboot_vm', plan: 'Reboot VM' },
      recreateVmWithoutWait,
      recreateVm,
      { name: 'delete_vm', plan: 'Delete VM' },
      { name: 'delete_vm_reference', plan: `Delete VM reference ${forcefully}` },
    ],
  },
  missing_disk: {
    auto: 'ignore',
    resolutions: [ignore, { name: 'delete_disk_reference', plan: 'Delete disk reference (DANGEROUS!)' }],
  },
  inactive_disk: {
    auto: 'ignore',
    resolutions: [
      ignore,
      { name: 'delete_disk', plan: 'Delete disk' },
      { name: 'activate_disk', plan: 'Activate disk' },
    ],
  },
  mount_info_mismatch: {
    auto: 'ignore',
    resolutions: [
      { name: 'ignore', plan: 'Ignore' },
      { name: 'reattach_disk', plan: 'Reattach disk to instance' },
      { name: 'reattach_disk_and_reboot', plan: 'Reattach disk and reboot instance' },
    ],
  },
  /** Stands in for types that another version of the Director stored, and for what is gone meanwhile. */
  invalid_problem: { auto: 'close', resolutions: [{ name: 'close', plan: 'Close problem' }] },
} as const satisfies Readonly<Record<string, ProblemType>>;

export type ProblemTypeName = keyof typeof problemTypes;

export const problemTypeName = (type: string): ProblemTypeName =>
  Object.hasOwn(problemTypes, type) ? (type as ProblemTypeName) : 'invalid_problem';

export const problemType = (type: string): ProblemType => problemTypes[problemTypeName(type)];
