import type { Clock, LogFields, Logger, LogLevel } from '@boti/core';
import { type TaskOutputType, taskOutputTypes } from '@boti/director-api';
import type { Sql } from '../database/sql.ts';
import { appendOutput, type OutputPiece, outputSize } from './task-output-store.ts';
import type { OutputStream } from './task-type.ts';

/** The four streams of one task, written by one process only, in batches. */
export interface TaskLog extends AsyncDisposable {
  stream(type: TaskOutputType): OutputStream;
  /** Writes what is still in memory. */
  flush(): Promise<void>;
}

const flushAfterMs = 40;
/** Larger batches are cut, so that reading a part stays cheap. */
const pieceBytes = 256 * 1024;
/** While the database cannot be reached no more than this is kept; what comes later is dropped. */
const maxBufferedBytes = 64 * 1024 * 1024;

/** Continues the streams of a task where they end. */
export async function openTaskLog(sql: Sql, taskId: number, onError: (error: unknown) => void): Promise<TaskLog> {
  const sizes = await Promise.all(taskOutputTypes.map((type) => outputSize(sql, taskId, type)));
  const offsets = new Map(taskOutputTypes.map((type, index) => [type, sizes[index] ?? 0]));
  return new BufferedTaskLog(sql, taskId, offsets, onError);
}

class BufferedTaskLog implements TaskLog {
  readonly #sql: Sql;
  readonly #taskId: number;
  readonly #offsets: Map<TaskOutputType, number>;
  readonly #onError: (error: unknown) => void;
  #pending = new Map<TaskOutputType, string[]>();
  #unsaved: OutputPiece[] = [];
  #bufferedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(sql: Sql, taskId: number, offsets: Map<TaskOutputType, number>, onError: (error: unknown) => void) {
    this.#sql = sql;
    this.#taskId = taskId;
    this.#offsets = offsets;
    this.#onError = onError;
  }

  stream(type: TaskOutputType): OutputStream {
    return { write: (text) => this.#add(type, text) };
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#save());
    return this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }

  #add(type: TaskOutputType, text: string): void {
    if (text === '' || this.#bufferedBytes > maxBufferedBytes) return;
    this.#bufferedBytes += text.length;
    const texts = this.#pending.get(type);
    if (texts === undefined) this.#pending.set(type, [text]);
    else texts.push(text);
    this.#timer ??= setTimeout(() => void this.flush(), flushAfterMs);
  }

  async #save(): Promise<void> {
    const pending = this.#pending;
    this.#pending = new Map();
    for (const [type, texts] of pending) this.#cut(type, Buffer.from(texts.join('')));
    if (this.#unsaved.length === 0) return;
    try {
      await appendOutput(this.#sql, this.#taskId, this.#unsaved);
      this.#unsaved = [];
      this.#bufferedBytes = 0;
    } catch (error) {
      this.#onError(error);
    }
  }

  #cut(type: TaskOutputType, content: Buffer): void {
    let offset = this.#offsets.get(type) ?? 0;
    for (let start = 0; start < content.length; start += pieceBytes) {
      const piece = content.subarray(start, start + pieceBytes);
      this.#unsaved.push({ type, offset, content: piece });
      offset += piece.length;
    }
    this.#offsets.set(type, offset);
  }
}

const letters = { debug: 'D', info: 'I', warn: 'W', error: 'E' } as const;

/** Lines of the debug output: `I, [2026-01-01T00:00:00.000Z] [task:5] INFO -- message {"field":…}`. */
export function debugLogger(stream: OutputStream, taskId: number, clock: Clock, fields: LogFields = {}): Logger {
  const log =
    (level: LogLevel) =>
    (message: string, own: LogFields = {}): void => {
      const all = Object.entries({ ...fields, ...own }).map(([key, value]) => [key, describe(value)]);
      const tail = all.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(all))}`;
      const time = clock.now().toISOString();
      stream.write(`${letters[level]}, [${time}] [task:${taskId}] ${level.toUpperCase()} -- ${message}${tail}\n`);
    };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    with: (more) => debugLogger(stream, taskId, clock, { ...fields, ...more }),
  };
}

function describe(value: unknown): unknown {
  return value instanceof Error ? value.stack : value;
}
