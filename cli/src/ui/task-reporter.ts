import {
  type ProgressEvent,
  type Task,
  type TaskObserver,
  taskEventSchema,
  unfinishedTaskStates,
} from '@boti/director-api';
import { clockTime, formatDuration, formatTime } from './formats.ts';
import type { Ui } from './ui.ts';

const noticeLabels = { deprecation: 'Deprecation', warning: 'Warning' } as const;

/** Shows a task's event log while it grows: one line for each step, closed with how long it took. */
export class TaskReporter implements TaskObserver {
  readonly #ui: Ui;
  readonly #heartbeatSeconds: number | undefined;
  readonly #decoder = new TextDecoder();
  readonly #startedAt = new Map<string, number>();
  #lastHeartbeat: number | undefined;
  #pending = '';
  #hasOutput = false;
  #firstTime: number | undefined;
  #lastTime: number | undefined;
  /** The step that the last line tells of. */
  #shown: string | undefined;

  constructor(ui: Ui, heartbeatSeconds?: number) {
    this.#ui = ui;
    this.#heartbeatSeconds = heartbeatSeconds;
  }

  started(taskId: number): void {
    this.#ui.raw(`Task ${taskId}`);
  }

  output(taskId: number, chunk: Buffer): void {
    if (!this.#hasOutput) this.#ui.raw('\n');
    this.#hasOutput = true;
    this.#pending += this.#decoder.decode(chunk, { stream: true });
    const lines = this.#pending.split('\n');
    this.#pending = lines.pop() ?? '';
    for (const line of lines) if (line !== '') this.#line(taskId, line);
  }

  polled({ id, state, started_at }: Task): void {
    if (this.#heartbeatSeconds === undefined || !started_at || !unfinishedTaskStates.includes(state)) return;
    const now = Math.trunc(Date.now() / 1000);
    if (now - (this.#lastHeartbeat ?? started_at) < this.#heartbeatSeconds) return;
    this.#lastHeartbeat = now;
    this.#step(
      `\nTask ${id} | ${clockTime(now)} | `,
      `Task state: ${state} (${formatDuration(now - started_at)} elapsed)`,
    );
  }

  ended({ id, state }: Task): void {
    if (!this.#hasOutput) {
      this.#ui.endRaw(`. ${state[0]?.toUpperCase()}${state.slice(1)}`);
      return;
    }
    if (this.#firstTime !== undefined && this.#lastTime !== undefined) {
      const times = [
        `Task ${id} Started  ${formatTime(this.#firstTime)}`,
        `Task ${id} Finished ${formatTime(this.#lastTime)}`,
        `Task ${id} Duration ${formatDuration(this.#lastTime - this.#firstTime)}`,
      ];
      this.#ui.raw(`\n\n${times.join('\n')}`);
    }
    this.#ui.raw(`\nTask ${id} ${state}\n`);
  }

  #line(taskId: number, line: string): void {
    const parsed = taskEventSchema.safeParse(parseJson(line));
    if (!parsed.success) {
      this.#ui.block(`\n${line}`);
      return;
    }
    const event = parsed.data;
    this.#firstTime ??= event.time;
    this.#lastTime = event.time;
    const prefix = `\nTask ${taskId} | ${clockTime(event.time)} | `;
    if ('error' in event) this.#notice(prefix, errorText(event.error));
    else if ('type' in event) this.#notice(prefix, `${noticeLabels[event.type]}: ${event.message}`);
    else this.#progress(taskId, prefix, event);
  }

  #notice(prefix: string, text: string): void {
    this.#shown = undefined;
    this.#ui.block(prefix);
    this.#ui.errorBlock(text);
  }

  #progress(taskId: number, prefix: string, event: ProgressEvent): void {
    const key = JSON.stringify([event.stage, event.tags, event.total, event.task, event.index]);
    const isSame = this.#shown === key;
    const tags = event.tags.length === 0 ? '' : ` ${event.tags.join(', ')}`;
    const title = `${event.stage}${tags}: ${event.task}`;
    const duration = ` (${formatDuration(event.time - (this.#startedAt.get(key) ?? event.time))})`;
    switch (event.state) {
      case 'started':
        this.#startedAt.set(key, event.time);
        this.#step(prefix, title);
        break;
      case 'in_progress':
        if (!isSame) this.#step(prefix, title);
        this.#step(prefix, `L ${event.data?.status ?? ''}: ${event.task}`);
        break;
      case 'finished':
      case 'failed':
        if (isSame) this.#ui.block(duration);
        else this.#step(prefix, title + duration);
        if (event.state === 'failed') {
          const indent = ' '.repeat(5 + String(taskId).length + 12);
          this.#ui.errorBlock(`\n${indent}L Error: ${event.data?.error ?? ''}`);
        }
        break;
    }
    this.#shown = key;
  }

  #step(prefix: string, text: string): void {
    this.#ui.block(prefix);
    this.#ui.block(text);
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function errorText({ message, hint }: { readonly message: string; readonly hint?: string | undefined }): string {
  return `Error: ${message}${hint === undefined ? '' : `\nHint: ${hint}`}`;
}
