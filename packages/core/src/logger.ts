export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Where a process says what it does. Fields are small and never hold secrets. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose lines all carry these fields. */
  with(fields: LogFields): Logger;
}

export type LogFields = Readonly<Record<string, unknown>>;

export interface LineSink {
  write(line: string): unknown;
}

/** One JSON object a line: `{"time":…,"level":…,"message":…, fields}`. */
export function jsonLogger(sink: LineSink, level: LogLevel = 'info', fields: LogFields = {}): Logger {
  const threshold = logLevels.indexOf(level);
  const log =
    (lineLevel: LogLevel) =>
    (message: string, own: LogFields = {}): void => {
      if (logLevels.indexOf(lineLevel) < threshold) return;
      const line = { time: new Date().toISOString(), level: lineLevel, message, ...fields, ...describeErrors(own) };
      sink.write(`${JSON.stringify(line)}\n`);
    };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    with: (more) => jsonLogger(sink, level, { ...fields, ...more }),
  };
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silentLogger,
};

function describeErrors(fields: LogFields): LogFields {
  const entries = Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? value.stack : value]);
  return Object.fromEntries(entries) as LogFields;
}
