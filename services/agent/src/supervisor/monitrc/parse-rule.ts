import type { Limit, Operator, Rule, RuleAction, Test } from './model.ts';
import { parseProgram } from './parse-program.ts';
import type { Token, TokenReader } from './tokens.ts';

/** `if CONDITION [for N cycles] then ACTION [else if … then ACTION]`, after the word `if`. */
export function parseRule(reader: TokenReader): Rule {
  const words = takeUntilThen(reader);
  const action = parseAction(reader);
  if (reader.takeWord('else')) {
    reader.skipNoise('if');
    if (!isActionWord(reader)) takeUntilThen(reader);
    parseAction(reader);
  }
  const text = words.map((word) => word.text).join(' ');
  const { condition, times, cycles } = splitCycles(words.map((word) => word.text.toLowerCase()));
  return { test: parseTest(condition, words), times, cycles, action, text };
}

function takeUntilThen(reader: TokenReader): Token[] {
  const start = reader.line;
  const words: Token[] = [];
  while (!reader.takeWord('then')) {
    if (reader.atEnd || reader.isWord('check', 'if')) throw reader.error("'if' has no 'then'", start);
    words.push(reader.take("'then'"));
  }
  return words;
}

const plainActions = ['alert', 'monitor', 'restart', 'start', 'stop', 'unmonitor'] as const;

function isActionWord(reader: TokenReader): boolean {
  return reader.isWord(...plainActions, 'exec', 'timeout');
}

function parseAction(reader: TokenReader): RuleAction {
  for (const kind of plainActions) if (reader.takeWord(kind)) return { kind };
  if (reader.takeWord('timeout')) return { kind: 'unmonitor' };
  if (!reader.takeWord('exec')) throw reader.error(`'${reader.peek()?.text ?? ''}' is no action`);
  const program = parseProgram(reader);
  if (reader.takeWord('repeat')) {
    reader.skipNoise('every');
    reader.takeNumber('a number of cycles');
    reader.takeWord('cycle', 'cycles');
  }
  return { kind: 'exec', program };
}

interface Cycles {
  readonly condition: readonly string[];
  readonly times: number;
  readonly cycles: number;
}

/** Cuts `for N cycles`, `[for] M times within N cycles` and `within N cycles` off the end. */
function splitCycles(words: readonly string[]): Cycles {
  const text = words.join(' ');
  const [whole, times, cycles] =
    /(?:\s*\bfor)?(?:\s+(\d+)\s+times?)?(?:\s+(?:with)?in)?\s+(\d+)\s+cycles?$/.exec(text) ?? [];
  if (whole === undefined) return { condition: words, times: 1, cycles: 1 };
  const rest = text.slice(0, text.length - whole.length);
  if (/restarts?$/.test(rest)) return { condition: words, times: 1, cycles: 1 };
  const count = Number(cycles);
  return { condition: rest.split(' '), times: times === undefined ? count : Number(times), cycles: count };
}

function parseTest(condition: readonly string[], tokens: readonly Token[]): Test {
  const text = condition.join(' ');
  return parseRestarts(text) ?? parseMissing(text) ?? parseResource(text) ?? parsePort(tokens) ?? { kind: 'unchecked' };
}

function parseRestarts(text: string): Test | undefined {
  const match = /^(\d+)\s+restarts?\s+(?:with)?in\s+(\d+)\s+cycles?$/.exec(text);
  return match === null ? undefined : { kind: 'restarts', restarts: Number(match[1]), cycles: Number(match[2]) };
}

function parseMissing(text: string): Test | undefined {
  return /^(?:does )?not exist$/.test(text) ? { kind: 'missing' } : undefined;
}

const operatorNames: Readonly<Record<string, Operator>> = {
  '>': '>',
  gt: '>',
  greater: '>',
  '<': '<',
  lt: '<',
  less: '<',
  '=': '==',
  '==': '==',
  eq: '==',
  equal: '==',
  '!=': '!=',
  ne: '!=',
  notequal: '!=',
};
const kbOf: Readonly<Record<string, number>> = { b: 1 / 1024, k: 1, m: 1024, g: 1024 ** 2 };

function parseResource(text: string): Test | undefined {
  const pattern =
    /^(totalmem|total memory|totalmemory|mem|memory|totalcpu|total cpu|cpu|children)(?: usage)?(?: is)? (\S+)(?: than| to)? ([\d.]+) ?(%|percent|bytes?|b|kilobytes?|kb|megabytes?|mb|gigabytes?|gb)?$/;
  const [, resource, sign = '', number, unit = ''] = pattern.exec(text) ?? [];
  const operator = operatorNames[sign];
  if (resource === undefined || operator === undefined) return undefined;
  const value = Number(number);
  if (resource === 'children') return { kind: 'children', operator, count: value };
  const total = resource.startsWith('total');
  if (resource.endsWith('cpu')) return { kind: 'cpu', total, operator, percent: value };
  const isPercent = unit === '%' || unit === 'percent';
  const limit: Limit = isPercent ? { percent: value } : { kb: value * (kbOf[unit[0] ?? 'b'] ?? 1) };
  return { kind: 'memory', total, operator, limit };
}

/** `failed [host H] port P … [with timeout N seconds]`: whether the port accepts a connection. */
function parsePort(tokens: readonly Token[]): Test | undefined {
  const words = tokens.map((token) => token.text);
  const after = (name: string): string | undefined => words[words.findIndex((word) => word.toLowerCase() === name) + 1];
  if (words[0]?.toLowerCase() !== 'failed' || !words.includes('port')) return undefined;
  const host = words.includes('host') ? after('host') : '127.0.0.1';
  const timeout = words.includes('timeout') ? Number(after('timeout')) * 1000 : 5000;
  if (words.some((word) => word.toLowerCase() === 'udp')) return undefined;
  return { kind: 'port', host: host ?? '127.0.0.1', port: Number(after('port')), timeoutMs: timeout || 5000 };
}
