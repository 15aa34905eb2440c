import { setTimeout as delay } from 'node:timers/promises';
import { ruleSet } from '../rule.ts';
import { graceMs } from '../target/process-call.ts';
import { idOf } from '../target/serve-session.ts';
import {
  adopt,
  answerMs,
  ask,
  beginCreateVm,
  byNumber,
  halfMadeVm,
  ofServe,
  parse,
  refused,
  requestLine,
} from './serve-steps.ts';

/** S5 to S8: cancel, lines that are none, and how it ends. */
export const serveEndRules = ruleSet(ofServe, [
  {
    id: 'S5.1',
    title: 'cancel of an id that does not run is ignored and not answered',
    needs: { extensions: ['serve', 'cancel'] },
    async check(t) {
      await using session = t.serve();
      await ask(t, session, 1, 'info', []);
      session.write('{"cancel":"nobody"}\n{"cancel":1}\n');
      await ask(t, session, 2, 'info', []);
      await session.close(graceMs);
      t.same(session.lines.map(idOf), [1, 2], 'the ids of all responses');
    },
  },
  {
    id: 'S5.2',
    title: 'A request that is cancelled is answered once, and what it had made is gone',
    level: 'chaos',
    needs: { extensions: ['serve', 'cancel', 'list', 'journal'] },
    when: 'alone',
    async check(t) {
      await using session = t.serve();
      const { args, before } = await halfMadeVm(t, session);
      session.write('{"cancel":"vm"}\n');
      const answer = await adopt(t, session, 'vm');
      if (answer.error === null) return;
      const left = await t.newSince(before, 'vm');
      t.expect(left.length === 0, 'no VM after create_vm was cancelled', left.join(', '));
      t.same(await t.succeeds('find_creation', [args[0]]), null, 'find_creation of its agent id');
    },
  },
  {
    id: 'S5.3',
    title: 'A slow request that is cancelled ends long before its time',
    level: 'chaos',
    needs: { extensions: ['serve', 'cancel'] },
    when: 'alone',
    why: 'Who cancels a task waits for it.',
    async check(t) {
      if (t.config.slow_cloud === undefined) return t.notApplicable('the configuration says nothing about slow_cloud');
      const args = await t.make.vmArguments();
      const context = t.config.slow_cloud.very_slow ?? t.config.slow_cloud.context;
      await using session = t.serve();
      await ask(t, session, 'first', 'info', []);
      beginCreateVm(t, session, args, { context });
      await delay(50);
      const started = performance.now();
      session.write('{"cancel":"vm"}\n');
      const { error } = await adopt(t, session, 'vm');
      const seconds = (performance.now() - started) / 1000;
      t.expect(error !== null, 'an error, since the request was cancelled', 'success');
      t.expect(seconds < 5, 'the answer within 5 s of cancel', `${seconds.toFixed(1)} s`);
    },
  },
  {
    id: 'S6.1',
    title: 'A line that is no JSON gets a response with id null and a CpiError',
    async check(t) {
      await using session = t.serve();
      for (const line of ['hello', '{"id":1,', '[1]', '"text"', 'null', '7']) {
        const answer = await refused(t, session, line);
        t.same([answer.id, answer.error?.type], [null, 'Bosh::Clouds::CpiError'], `id and type for ${line}`);
      }
      await ask(t, session, 'after', 'info', []);
    },
  },
  {
    id: 'S6.2',
    title: 'A request without id, or whose id is no number or text, gets a response with id null and a CpiError',
    async check(t) {
      await using session = t.serve();
      const request = t.request('info', []);
      for (const id of [undefined, null, {}, [1], true]) {
        const answer = await refused(t, session, JSON.stringify({ ...request, id }));
        t.same(
          [answer.id, answer.error?.type],
          [null, 'Bosh::Clouds::CpiError'],
          `id and type for id ${JSON.stringify(id)}`,
        );
      }
      await ask(t, session, 'after', 'info', []);
    },
  },
  {
    id: 'S6.3',
    title: 'A request that is broken but has an id is answered with that id',
    async check(t) {
      await using session = t.serve();
      for (const [id, text] of [
        ['a', '{"id":"a"}'],
        ['b', '{"id":"b","method":7,"arguments":[]}'],
        ['c', '{"id":"c","method":"has_vm","arguments":"x"}'],
      ] as const) {
        const answer = await refused(t, session, text);
        t.same([answer.id, answer.error?.type], [id, 'Bosh::Clouds::CpiError'], 'id and type');
      }
    },
  },
  {
    id: 'S6.4',
    title: 'An id that is in use is refused, and the request that has it goes on',
    level: 'chaos',
    when: 'alone',
    async check(t) {
      const args = await t.make.vmArguments();
      await using session = t.serve();
      await ask(t, session, 'first', 'info', []);
      beginCreateVm(t, session, args);
      session.write(requestLine(t, 'vm', 'info', []));
      await session.until((lines) => lines.length >= 3, answerMs + t.slowMs);
      const results = session.lines.slice(1).map((line) => parse(line));
      const refusal = results.find((one) => one?.error?.type === 'Bosh::Clouds::CpiError');
      const success = results.find((one) => one?.error === null);
      await adopt(t, session, 'vm', success?.result);
      t.expect(refusal !== undefined, 'a CpiError for the second request', session.lines.slice(1).join(' | '));
      t.expect(success !== undefined, 'the first request to be answered', session.lines.slice(1).join(' | '));
    },
  },
  {
    id: 'S6.5',
    title: 'Bytes that are no UTF-8 do not end the process',
    async check(t) {
      await using session = t.serve();
      await refused(t, session, Buffer.from([0xff, 0xfe, 0x7b]));
      await ask(t, session, 'after', 'info', []);
    },
  },
  {
    id: 'S7.1',
    title: 'When stdin ends, what runs is answered and the process ends with code 0',
    async check(t) {
      await using session = t.serve();
      for (const id of [1, 2, 3]) session.write(requestLine(t, id, 'has_vm', [t.unknown('vm')]));
      const { exitCode, isOverdue } = await session.close(graceMs);
      t.expect(!isOverdue, 'the end of the process', `it had to be killed after ${graceMs / 1000} s`);
      t.same(session.lines.map(idOf).toSorted(byNumber), [1, 2, 3], 'the ids of the responses');
      t.expect(exitCode === 0, 'exit code 0', `exit code ${exitCode}`);
    },
  },
  {
    id: 'S7.2',
    title: 'The last line need not end with a line break',
    severity: 'SHOULD',
    async check(t) {
      await using session = t.serve();
      session.write(JSON.stringify({ id: 1, ...t.request('info', []) }));
      await session.close(graceMs);
      t.same(session.lines.map(idOf), [1], 'the ids of the responses');
    },
  },
  {
    id: 'S7.3',
    title: 'On SIGTERM the process ends within 15 seconds, also when nothing runs',
    async check(t) {
      await using session = t.serve();
      await ask(t, session, 1, 'info', []);
      const { isOverdue } = await session.kill('SIGTERM', graceMs);
      t.expect(!isOverdue, 'the end of the process', `it had to be killed after ${graceMs / 1000} s`);
    },
  },
  {
    id: 'S7.4',
    title: 'On SIGTERM what runs is answered, and nothing is left of what is answered with an error',
    level: 'chaos',
    when: 'alone',
    needs: { extensions: ['serve', 'list', 'journal'] },
    async check(t) {
      await using session = t.serve();
      const { before } = await halfMadeVm(t, session);
      const { isOverdue } = await session.kill('SIGTERM', graceMs);
      t.expect(!isOverdue, 'the end of the process', 'it had to be killed');
      const answer = await adopt(t, session, 'vm');
      const left = await t.newSince(before, 'vm');
      if (answer.error !== null) t.expect(left.length === 0, 'no VM after create_vm was cancelled', left.join(', '));
    },
  },
  {
    id: 'S8.1',
    title: 'A call whose caller dies is finished or undone',
    level: 'chaos',
    when: 'alone',
    needs: { extensions: ['serve', 'list', 'journal'] },
    why: 'After its crash the Director asks find_creation for what it had sent.',
    async check(t) {
      await using session = t.serve();
      const { args, before } = await halfMadeVm(t, session);
      const { isOverdue } = await session.hangUp(graceMs + t.slowMs);
      t.expect(!isOverdue, 'the process to end when its caller is gone', 'it stayed');
      const found = await t.succeeds('find_creation', [args[0]]);
      if (typeof found === 'string') t.run.ledger.add({ kind: 'vm', cid: found, owner: t.owner });
      const left = (await t.newSince(before, 'vm')).filter((cid) => cid !== found);
      t.expect(left.length === 0, 'no VM that nobody knows', left.join(', '));
      if (typeof found === 'string') await t.expectThere('vm', found, 'since find_creation has told of it');
    },
  },
]);
