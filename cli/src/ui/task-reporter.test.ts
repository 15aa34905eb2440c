import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Task } from '@boti/director-api';
import { TaskReporter } from './task-reporter.ts';
import { TextUi } from './ui.ts';

function report(events: readonly object[], { isTty = true, state = 'done', chunkBytes = 1e9 } = {}): string {
  let shown = '';
  const output = { write: (text: string) => (shown += text) };
  const ui = new TextUi({
    stdout: output,
    stderr: output,
    isTty,
    hasColour: false,
    columns: [],
    isInteractive: false,
    prompts: { confirm: async () => true, ask: async () => '', askSecret: async () => '' },
  });
  const reporter = new TaskReporter(ui);
  const bytes = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  reporter.started(7);
  for (let at = 0; at < bytes.length; at += chunkBytes) reporter.output(7, bytes.subarray(at, at + chunkBytes));
  reporter.ended({ id: 7, state } as Task);
  return shown;
}

const step = (task: string, state: string, time: number, data?: object) => ({
  time,
  stage: 'Updating instance',
  tags: ['wéb'],
  total: 2,
  task,
  index: 1,
  state,
  progress: 0,
  ...(data === undefined ? {} : { data }),
});

test('steps that overlap are told apart, and each is closed with its own duration', () => {
  const shown = report([
    step('a', 'started', 0),
    step('b', 'started', 1),
    step('a', 'finished', 3),
    step('b', 'finished', 5),
  ]);

  assert.equal(
    shown,
    [
      'Task 7',
      '',
      'Task 7 | 00:00:00 | Updating instance wéb: a',
      'Task 7 | 00:00:01 | Updating instance wéb: b',
      'Task 7 | 00:00:03 | Updating instance wéb: a (00:00:03)',
      'Task 7 | 00:00:05 | Updating instance wéb: b (00:00:04)',
      '',
      'Task 7 Started  Thu Jan  1 00:00:00 UTC 1970',
      'Task 7 Finished Thu Jan  1 00:00:05 UTC 1970',
      'Task 7 Duration 00:00:05',
      'Task 7 done',
      '',
    ].join('\n'),
  );
});

test('output that is cut inside a line and inside a character is put together again', () => {
  const events = [step('ä', 'started', 0), step('ä', 'in_progress', 1, { status: 'drain' }), step('ä', 'finished', 2)];

  assert.equal(report(events, { chunkBytes: 1 }), report(events));
});

test('a failed step shows its error below', () => {
  const shown = report([step('a', 'started', 0), step('a', 'failed', 2, { error: 'no room' })], { state: 'error' });

  assert.match(shown, /a \(00:00:02\)\n {18}L Error: no room\n\nTask 7 Started/);
});

test('a task without output is told in one line', () => {
  assert.equal(report([], { state: 'error' }), 'Task 7. Error\n');
});

test('where no person looks on, only the events are shown', () => {
  assert.equal(
    report([step('a', 'started', 0), step('a', 'finished', 1)], { isTty: false }),
    '\nTask 7 | 00:00:00 | Updating instance wéb: a (00:00:01)',
  );
});
