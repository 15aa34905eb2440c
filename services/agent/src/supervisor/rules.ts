import { connect } from 'node:net';
import type { Limit, Operator, Rule, RuleAction, Test } from './monitrc/model.ts';
import { type Failure, type Service, statusBits } from './service.ts';
import type { Usage } from './usage.ts';

/**
 * Tests the rules of a running service once. `report` is called for each rule that has held for its cycles, and with
 * undefined for one that holds no longer.
 */
export function evaluateRules(
  service: Service,
  report: (failure: Failure | undefined, action: RuleAction) => void,
): void {
  for (const [index, rule] of service.check.rules.entries()) {
    const history = service.history[index] ?? [];
    const { test } = rule;
    if (test.kind === 'port') {
      testPort(test, (held) => judge(service, rule, held, history, report));
    } else if (service.usage !== undefined) {
      const held = holds(test, service.usage);
      if (held !== undefined) judge(service, rule, held, history, report);
    }
  }
}

function judge(
  service: Service,
  rule: Rule,
  held: boolean,
  history: boolean[],
  report: (failure: Failure | undefined, action: RuleAction) => void,
): void {
  history.push(held);
  if (history.length > rule.cycles) history.shift();
  if (history.filter(Boolean).length < rule.times) {
    if (!held) report(undefined, rule.action);
    return;
  }
  history.length = 0;
  const name = rule.test.kind === 'port' ? 'Connection failed' : 'Resource limit matched';
  const message = `'${service.check.name}': ${rule.text}${describe(rule.test, service.usage)}`;
  report({ bit: statusBits.resource, name, message }, rule.action);
}

function holds(test: Test, usage: Usage): boolean | undefined {
  switch (test.kind) {
    case 'memory':
      return compare(memoryOf(test.limit, test.total, usage), test.operator, limitOf(test.limit));
    case 'cpu':
      return compare(test.total ? usage.totalCpuPercent : usage.cpuPercent, test.operator, test.percent);
    case 'children':
      return compare(usage.children, test.operator, test.count);
    default:
      return undefined;
  }
}

function memoryOf(limit: Limit, total: boolean, usage: Usage): number {
  if ('kb' in limit) return total ? usage.totalKb : usage.kb;
  return total ? usage.totalMemoryPercent : usage.memoryPercent;
}

const limitOf = (limit: Limit): number => ('kb' in limit ? limit.kb : limit.percent);

function compare(value: number, operator: Operator, limit: number): boolean {
  if (operator === '>') return value > limit;
  if (operator === '<') return value < limit;
  return operator === '==' ? value === limit : value !== limit;
}

function describe(test: Test, usage: Usage | undefined): string {
  if (usage === undefined) return '';
  if (test.kind === 'memory') return ` (now ${test.total ? usage.totalKb : usage.kb} kB)`;
  if (test.kind === 'cpu') return ` (now ${test.total ? usage.totalCpuPercent : usage.cpuPercent} %)`;
  return '';
}

function testPort({ host, port, timeoutMs }: Test & { kind: 'port' }, report: (failed: boolean) => void): void {
  const socket = connect({ host, port, timeout: timeoutMs });
  const end = (failed: boolean): void => {
    socket.removeAllListeners();
    socket.on('error', () => undefined);
    socket.destroy();
    report(failed);
  };
  socket.once('connect', () => end(false));
  socket.once('error', () => end(true));
  socket.once('timeout', () => end(true));
}
