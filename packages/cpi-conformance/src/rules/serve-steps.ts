import { setTimeout as delay } from 'node:timers/promises';
import { allVersions } from '../rule.ts';
import type { Trial } from '../run/trial.ts';
import { readResponse } from '../target/response-shape.ts';
import { idOf, type RequestId, type ServeSession } from '../target/serve-session.ts';

/** What the rules of mode `serve` have in common. */
export const ofServe = {
  level: 'offline',
  versions: allVersions,
  severity: 'MUST',
  source: 'boti: docs/contracts/cpi.md, S',
  needs: { extensions: ['serve'] },
  why: 'Callers keep one process for thousands of calls. What it gets wrong once, it gets wrong for all.',
  remedy: 'serveCpi of @boti/cpi-sdk keeps these rules.',
} as const;

export const answerMs = 20_000;

export interface Line {
  readonly id: unknown;
  readonly result: unknown;
  readonly error: { readonly type: string; readonly message: string } | null;
}

export function parse(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}

/** Sends a request and wants its response. */
export async function ask(
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
export async function refused(t: Trial, session: ServeSession, line: string | Buffer): Promise<Line> {
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

/** Sends a create_vm that takes its time, under the id `vm`; `adopt` waits for its answer. */
export function beginCreateVm(
  t: Trial,
  session: ServeSession,
  args: readonly unknown[],
  options: Parameters<Trial['request']>[2] = t.slowly(),
): void {
  session.write(requestLine(t, 'vm', 'create_vm', args, options));
}

/** Begins a create_vm and answers when a third of its time is over. Answers its arguments and what the cloud had before. */
export async function halfMadeVm(
  t: Trial,
  session: ServeSession,
): Promise<{ readonly args: readonly unknown[]; readonly before: Awaited<ReturnType<Trial['listed']>> }> {
  const args = await t.make.vmArguments();
  const before = await t.listed();
  await ask(t, session, 'first', 'info', []);
  beginCreateVm(t, session, args);
  await delay(t.slowMs / 3);
  return { args, before };
}

/** A request as a line. */
export function requestLine(
  t: Trial,
  id: RequestId,
  method: string,
  args: readonly unknown[],
  options?: Parameters<Trial['request']>[2],
): string {
  return `${JSON.stringify({ id, ...t.request(method, args, options) })}\n`;
}

/** Waits for the response of a create_vm that was written by hand, and remembers what it made. */
export async function adopt(t: Trial, session: ServeSession, id: RequestId, known?: unknown): Promise<Line> {
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

export function byNumber(a: unknown, b: unknown): number {
  return Number(a) - Number(b);
}
