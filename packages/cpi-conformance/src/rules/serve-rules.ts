import { setTimeout as delay } from 'node:timers/promises';
import { ruleSet } from '../rule.ts';
import { plausibleArguments } from '../spec/arguments.ts';
import { methods } from '../spec/methods.ts';
import { graceMs } from '../target/process-call.ts';
import { idOf, type RequestId } from '../target/serve-session.ts';
import { adopt, answerMs, ask, byNumber, ofServe, parse, requestLine } from './serve-steps.ts';

/** S1 to S4: lines, ids, requests at the same time. */
export const serveRules = ruleSet(ofServe, [
  {
    id: 'S1.1',
    title: 'Each response is one line of JSON, and nothing else comes on stdout',
    async check(t) {
      await using session = t.serve();
      for (const id of [1, 2, 3]) await ask(t, session, id, 'has_vm', [`line\nbreak ${id}`]);
      await ask(t, session, 4, 'no_such_method', []);
      await session.close(graceMs);
      t.expect(session.lines.length === 4, 'four lines', `${session.lines.length}: ${session.lines.join(' | ')}`);
      t.expect(
        session.lines.every((line) => parse(line) !== undefined),
        'lines of JSON',
        session.lines.join(' | '),
      );
    },
  },
  {
    id: 'S1.2',
    title: 'A line that comes in pieces is read whole, and several lines that come at once are told apart',
    async check(t) {
      await using session = t.serve();
      const one = JSON.stringify({ id: 'a', ...t.request('info', []) });
      session.write(one.slice(0, 10));
      await delay(30);
      session.write(`${one.slice(10)}\n${JSON.stringify({ id: 'b', ...t.request('info', []) })}\n`);
      const came = await session.until((lines) => lines.length >= 2, answerMs);
      t.expect(came, 'two responses', session.lines.join(' | ') || 'none');
      t.same(session.lines.map(idOf).toSorted(), ['a', 'b'], 'the ids');
    },
  },
  {
    id: 'S1.3',
    title: 'A line of one megabyte is read whole',
    async check(t) {
      await using session = t.serve();
      const args = [t.agentId(), t.unknown('stemcell'), {}, t.make.manualNetwork(), [], { pad: 'P'.repeat(2 ** 20) }];
      const { error } = await ask(t, session, 1, 'create_vm', args);
      t.expect(
        error !== null && !/JSON/.test(error.message),
        'the error of an unknown stemcell',
        error?.message ?? 'success',
      );
    },
  },
  {
    id: 'S2.1',
    title: 'The response has the id of its request, whatever number or text it is',
    async check(t) {
      await using session = t.serve();
      const ids = [0, -1, 1.5, 2 ** 53 - 1, '', '0', 'ключ "x"', '__proto__', 'x'.repeat(1000)];
      for (const id of ids) t.same((await ask(t, session, id, 'info', [])).id, id, 'the id');
    },
  },
  {
    id: 'S2.2',
    title: 'An id may be used again once its request is answered',
    async check(t) {
      await using session = t.serve();
      for (let n = 0; n < 3; n += 1) {
        const { error } = await ask(t, session, 'same', 'info', []);
        t.expect(error === null, 'the answer of info', error?.message ?? '');
      }
    },
  },
  {
    id: 'S2.3',
    title: 'The number 1 and the text "1" are different ids',
    severity: 'SHOULD',
    async check(t) {
      await using session = t.serve();
      session.write(`${JSON.stringify({ id: 1, ...t.request('info', []) })}\n`);
      session.write(requestLine(t, '1', 'has_vm', [t.unknown('vm')]));
      await session.until((lines) => lines.length >= 2, answerMs);
      const results = session.lines.map((line) => [idOf(line), typeof parse(line)?.result]);
      t.same(
        results.toSorted(),
        [
          [1, 'object'],
          ['1', 'boolean'],
        ].toSorted(),
        'ids and results',
      );
    },
  },
  {
    id: 'S3.1',
    title: 'Of fifty requests at once each is answered exactly once, with its own answer',
    async check(t) {
      await using session = t.serve();
      const ids = Array.from({ length: 50 }, (_, n) => n);
      const answers = await Promise.all(
        ids.map((id) =>
          id % 2 === 0 ? ask(t, session, id, 'info', []) : ask(t, session, id, 'has_vm', [t.unknown('vm')]),
        ),
      );
      for (const [id, { result }] of answers.entries()) {
        const kind = id % 2 === 0 ? 'object' : 'boolean';
        t.expect(typeof result === kind, `${kind} for request ${id}`, JSON.stringify(result));
      }
      await session.close(graceMs);
      t.same(session.lines.map(idOf).toSorted(byNumber), ids, 'the ids of the responses');
    },
  },
  {
    id: 'S3.2',
    title: 'A slow request does not hold up others',
    level: 'chaos',
    when: 'alone',
    async check(t) {
      if (t.config.slow_cloud === undefined) return t.notApplicable('the configuration says nothing about slow_cloud');
      const args = await t.make.vmArguments();
      await using session = t.serve();
      await ask(t, session, 'first', 'info', []);
      session.write(requestLine(t, 'slow', 'create_vm', args, t.slowly()));
      await ask(t, session, 'quick', 'has_vm', [t.unknown('vm')]);
      t.expect(!session.lines.some((line) => idOf(line) === 'slow'), 'has_vm before create_vm', 'create_vm first');
      await adopt(t, session, 'slow');
    },
  },
  {
    id: 'S4.1',
    title: 'serve answers what one process a call answers',
    async check(t) {
      await using session = t.serve();
      const sample = [
        'has_vm',
        'has_disk',
        'attach_disk',
        'get_disks',
        'calculate_vm_cloud_properties',
        'snapshot_disk',
      ];
      const calls: [string, readonly unknown[]][] = methods
        .filter(({ name }) => sample.includes(name) && t.implements(name))
        .map((spec) => [spec.name, plausibleArguments(t, spec)]);
      for (const [method, args] of [...calls, ['has_vm', []], ['no_such_method', []]] as const) {
        const cold = (await t.call(method, args, { transport: 'process' })).answer;
        const { result, error } = await ask(t, session, method, method, args);
        t.same(
          { result, error },
          { result: cold?.result, error: cold?.error },
          `the answer to '${method}' in serve mode`,
        );
      }
    },
  },
  {
    id: 'S4.2',
    title: 'A request that fails does not disturb the next',
    async check(t) {
      await using session = t.serve();
      const before = await ask(t, session, 1, 'info', []);
      for (const [id, method, args] of [
        [2, 'has_vm', []],
        [3, 'no_such_method', []],
        [4, 'delete_vm', [{}]],
      ] as const) {
        const { error } = await ask(t, session, id, method, args);
        t.expect(error !== null, `an error from ${method}`, 'success');
      }
      t.same((await ask(t, session, 5, 'info', [])).result, before.result, 'info afterwards');
    },
  },
  {
    id: 'S4.3',
    title: 'The context of one request is not that of the next',
    level: 'live',
    needs: { extensions: ['serve'], config: ['other_cloud'] },
    async check(t) {
      const { cid } = await t.make.vm();
      await using session = t.serve();
      const there = async (id: number, context: object) => {
        const request = { id, ...t.request('has_vm', [cid], { context: { ...context } }) };
        const { line } = await session.ask(request as { readonly id: RequestId }, answerMs, t.signal);
        return parse(line)?.result;
      };
      const other = t.config.other_cloud?.context ?? {};
      const results = [await there(1, {}), await there(2, other), await there(3, {}), await there(4, other)];
      t.same(results, [true, false, true, false], 'has_vm by turns with the usual and the other properties');
    },
  },
]);
