import { type CloudErrorType, isCloudError } from '@boti/cpi-sdk';
import type { Stage } from '../stage.ts';

export interface Deletion {
  /** As the stage names it. */
  readonly step: string;
  readonly remove: () => Promise<void>;
  /** The CPI's error for what is gone already: the step then counts as skipped, for this reason. */
  readonly gone: CloudErrorType;
  readonly reason: string;
  /** Takes it out of the state. */
  readonly forget: () => Promise<void>;
}

/** Deletes something that the state has on record, on the cloud first. */
export async function deleteRecorded(stage: Stage, { step, remove, gone, reason, forget }: Deletion): Promise<void> {
  await stage.stepOrSkip(step, async () => {
    let skipped: string | undefined;
    try {
      await remove();
    } catch (error) {
      if (!isCloudError(error, gone)) throw error;
      skipped = reason;
    }
    await forget();
    return skipped;
  });
}
