import type { LogFields, Logger, LogLevel } from '@boti/core';

/** A logger whose lines go to stderr as they come and are kept for the response's `log`. */
export interface CallLog {
  readonly logger: Logger;
  text(): string;
}

/** Longest `log` of one response; older lines give way. */
const maxCharacters = 256 * 1024;

/** `clean` strikes secrets out of each line. */
export function callLog(stderr: (line: string) => void, clean = (line: string): string => line): CallLog {
  const lines: string[] = [];
  let size = 0;
  const write = (raw: string): void => {
    const line = clean(raw);
    stderr(line);
    lines.push(line);
    size += line.length;
    while (size > maxCharacters && lines.length > 1) size -= lines.shift()?.length ?? 0;
  };
  return { logger: lineLogger(write, {}), text: () => lines.join('') };
}

function lineLogger(write: (line: string) => void, fields: LogFields): Logger {
  const log =
    (level: LogLevel) =>
    (message: string, own: LogFields = {}): void => {
      const all = Object.entries({ ...fields, ...own }).map(([key, value]) => `${key}=${describe(value)}`);
      write(`${[level.toUpperCase(), '-', message, ...all].join(' ')}\n`);
    };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    with: (more) => lineLogger(write, { ...fields, ...more }),
  };
}

function describe(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message;
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value) ?? String(value);
}
