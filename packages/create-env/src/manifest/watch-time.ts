import { ExpectedError } from '@boti/core';

/** How long jobs may take until they run: the first look, and the last. */
export interface WatchTime {
  readonly startMs: number;
  readonly endMs: number;
}

const defaultWatchTime: WatchTime = { startMs: 0, endMs: 300_000 };

export function parseWatchTime(text: string): WatchTime {
  if (text === '') return defaultWatchTime;
  const [, start, end] = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(text) ?? [];
  if (start === undefined || end === undefined) {
    throw new ExpectedError(`update.update_watch_time '${text}' is no range of milliseconds such as 0-300000`);
  }
  if (Number(end) < Number(start)) {
    throw new ExpectedError(`update.update_watch_time '${text}' ends before it begins`);
  }
  return { startMs: Number(start), endMs: Number(end) };
}
