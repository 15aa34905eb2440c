import { setTimeout as delay } from 'node:timers/promises';
import { allVersions, ruleSet } from '../rule.ts';
import type { Trial } from '../run/trial.ts';
import { plausibleArguments } from '../spec/arguments.ts';
import { methods } from '../spec/methods.ts';
import { graceMs } from '../target/process-call.ts';
import { readResponse } from '../target/response-shape.ts';
import { idOf, type RequestId, type ServeSession } from '../target/serve-session.ts';

const answerMs = 20_000;

interface Line {
  readonly id: unknown;
  readonly result: unknown;
  readonly error: { readonly type: string; readonly message: string } | null;
}

function parse(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}

/** Sends a request and wants its response. */
async function ask(
  t: Trial,
  session: ServeSession,
  id: RequestId,
  method: string,
  args: readonly unknown[],
): Promise<Line> {
  const outcome = await session.ask(
    { id, ...t.request(method, args) } as { readonly id: RequestId },
    answerMs,
    t.signal,
  );
  const expected = `a line with id ${JSON.stringify(id)}`;
  t.expect(
    outcome.ending === 'answered',
    expected,
    `${outcome.ending}; lines so far: ${session.lines.slice(-3).join(' ')}`,
  );
  const parsed = readResponse(outcome.line);
  const [problem] = parsed.problems;
  t.expect(problem === undefined, 'a response as in one process a call', problem?.problem ?? '');
  return parse(outcome.line) as Line;
}

/** Writes a line that is no request and waits for the response that it gets. */
async function refused(t: Trial, session: ServeSession, line: string | Buffer): Promise<Line> {
  const before = session.lines.length;
  session.write(line);
  session.write('\n');
  const came = await session.until((lines) => lines.length > before, answerMs);
  t.expect(
    came,
    `a response to the line ${line.toString().slice(0, 60)}`,
    session.hasEnded ? 'the process ended' : 'none',
  );
  const answer = parse(session.lines.at(-1) ?? '');
  t.expect(answer?.error !== null && answer?.error !== undefined, 'an error', session.lines.at(-1) ?? '');
  t.expect(Object.hasOwn(answer ?? {}, 'id'), "a response with the key 'id'", session.lines.at(-1) ?? '');
  return answer as Line;
}

/** S: mode `serve`. */
export const serveRules = ruleSet(
  {
    level: 'offline',
    versions: allVersions,
    severity: 'MUST',
    source: 'boti: docs/contracts/cpi.md, S',
    needs: { extensions: ['serve'] },
    why: 'Callers keep one process for thousands of calls. What it gets wrong once, it gets wrong for all.',
    remedy: 'serveCpi of @boti/cpi-sdk keeps these rules.',
  },
  [
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
        session.write(`${JSON.stringify({ id: '1', ...t.request('has_vm', [t.unknown('vm')]) })}\n`);
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
        if (t.config.slow_cloud === undefined)
          return t.notApplicable('the configuration says nothing about slow_cloud');
        const args = await t.make.vmArguments();
        await using session = t.serve();
        await ask(t, session, 'first', 'info', []);
        session.write(`${JSON.stringify({ id: 'slow', ...t.request('create_vm', args, t.slowly()) })}\n`);
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
        const args = await t.make.vmArguments();
        const before = await t.listed();
        await using session = t.serve();
        await ask(t, session, 'first', 'info', []);
        session.write(`${JSON.stringify({ id: 'vm', ...t.request('create_vm', args, t.slowly()) })}\n`);
        await delay(t.slowMs / 3);
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
        if (t.config.slow_cloud === undefined)
          return t.notApplicable('the configuration says nothing about slow_cloud');
        const args = await t.make.vmArguments();
        const context = t.config.slow_cloud.very_slow ?? t.config.slow_cloud.context;
        await using session = t.serve();
        await ask(t, session, 'first', 'info', []);
        session.write(`${JSON.stringify({ id: 'vm', ...t.request('create_vm', args, { context }) })}\n`);
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
        session.write(`${JSON.stringify({ id: 'vm', ...t.request('create_vm', args, t.slowly()) })}\n`);
        session.write(`${JSON.stringify({ id: 'vm', ...t.request('info', []) })}\n`);
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
        for (const id of [1, 2, 3])
          session.write(`${JSON.stringify({ id, ...t.request('has_vm', [t.unknown('vm')]) })}\n`);
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
        const args = await t.make.vmArguments();
        const before = await t.listed();
        await using session = t.serve();
        await ask(t, session, 'first', 'info', []);
        session.write(`${JSON.stringify({ id: 'vm', ...t.request('create_vm', args, t.slowly()) })}\n`);
        await delay(t.slowMs / 3);
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
        const args = await t.make.vmArguments();
        const before = await t.listed();
        {
          await using session = t.serve();
          await ask(t, session, 'first', 'info', []);
          session.write(`${JSON.stringify({ id: 'vm', ...t.request('create_vm', args, t.slowly()) })}\n`);
          await delay(t.slowMs / 3);
          const { isOverdue } = await session.hangUp(graceMs + t.slowMs);
          t.expect(!isOverdue, 'the process to end when its caller is gone', 'it stayed');
        }
        const found = await t.succeeds('find_creation', [args[0]]);
        if (typeof found === 'string') t.run.ledger.add({ kind: 'vm', cid: found, owner: t.owner });
        const left = (await t.newSince(before, 'vm')).filter((cid) => cid !== found);
        t.expect(left.length === 0, 'no VM that nobody knows', left.join(', '));
        if (typeof found === 'string') await t.expectThere('vm', found, 'since find_creation has told of it');
      },
    },
  ],
);

/** Waits for the response of a create_vm that was written by hand, and remembers what it made. */
async function adopt(t: Trial, session: ServeSession, id: RequestId, known?: unknown): Promise<Line> {
  await session.until((lines) => lines.some((line) => idOf(line) === id), answerMs + t.slowMs);
  const lines = session.lines.filter((line) => idOf(line) === id);
  const answer = parse(lines[0] ?? '');
  const result = known ?? answer?.result;
  const cid = Array.isArray(result) ? (result as unknown[])[0] : result;
  if (typeof cid === 'string') t.run.ledger.add({ kind: 'vm', cid, owner: t.owner });
  t.expect(answer !== undefined, `a response with id ${JSON.stringify(id)}`, session.lines.join(' | ') || 'none');
  if (known === undefined) t.expect(lines.length === 1, 'one response', `${lines.length}: ${lines.join(' | ')}`);
  return answer as Line;
}

function byNumber(a: unknown, b: unknown): number {
  return Number(a) - Number(b);
}
