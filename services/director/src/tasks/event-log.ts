import { type Clock, ExpectedError, messageOf } from '@boti/core';
import { DirectorError } from '../director-error.ts';

/** The lines that clients show while they follow a task: one JSON object each. */
export interface EventLog {
  /** `total` is how many tasks the stage will have; null when nobody knows. */
  stage(name: string, total: number | null, tags?: readonly string[]): Stage;
  warning(message: string): void;
  deprecation(message: string): void;
  /** The last line of a task that failed. */
  error(error: unknown): void;
}

export interface Stage {
  /** One line when `work` starts, one when it has ended; what it throws is in the last one, and thrown on. */
  track<T>(task: string, work: (progress: Progress) => Promise<T>): Promise<T>;
}

export interface Progress {
  /** A line between; `add` is how many of the task's 100 percent it stands for. */
  status(status: string, add: number): void;
}

/** Number of failures that are not DirectorErrors. */
const otherErrorCode = 100;

export function eventLog(write: (line: string) => void, clock: Clock): EventLog {
  const emit = (fields: Readonly<Record<string, unknown>>): void => {
    const time = Math.floor(clock.now().getTime() / 1000);
    write(`${JSON.stringify({ time, ...fields })}\n`);
  };
  return {
    stage: (stage, total, tags = []) => openStage(emit, { stage, tags, total }),
    warning: (message) => emit({ type: 'warning', message }),
    deprecation: (message) => emit({ type: 'deprecation', message }),
    error: (error) => emit({ error: { code: errorCodeOf(error), message: messageOf(error), ...hintOf(error) } }),
  };
}

type Emit = (fields: Readonly<Record<string, unknown>>) => void;

function openStage(emit: Emit, stage: Readonly<Record<string, unknown>>): Stage {
  let started = 0;
  return {
    async track(task, work) {
      started += 1;
      const subject = { ...stage, task, index: started };
      let progress = 0;
      emit({ ...subject, state: 'started', progress });
      const status = (text: string, add: number): void => {
        progress = Math.min(100, progress + add);
        emit({ ...subject, state: 'in_progress', progress, data: { status: text } });
      };
      try {
        const result = await work({ status });
        emit({ ...subject, state: 'finished', progress: 100 });
        return result;
      } catch (error) {
        emit({ ...subject, state: 'failed', progress: 100, data: { error: messageOf(error) } });
        throw error;
      }
    },
  };
}

function hintOf(error: unknown): { readonly hint?: string } {
  return error instanceof ExpectedError && error.hint !== undefined ? { hint: error.hint } : {};
}

export function errorCodeOf(error: unknown): number {
  return error instanceof DirectorError ? error.errorCode : otherErrorCode;
}
