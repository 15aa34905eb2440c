import { YamlFloat, type YamlKey } from './yaml-value.ts';

/** Natural order: numbers before null before text; in text other signs before letters, and digit runs by value. */
// BOSH: gopkg.in/yaml.v2 sorter.go. Not transitive for some odd sets (a2 < a10 < a1b < a2), as upstream.
export function compareKeys(a: YamlKey, b: YamlKey): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined && x !== y) return x < y ? -1 : 1;
  return kindRank(a) - kindRank(b);
}

function numberOf(key: YamlKey): number | undefined {
  if (key instanceof YamlFloat) return key.value;
  return key === null || typeof key === 'string' ? undefined : Number(key);
}

function kindRank(key: YamlKey): number {
  if (typeof key === 'boolean') return 1;
  if (typeof key === 'number') return 2;
  if (typeof key === 'bigint') return 3;
  if (key instanceof YamlFloat) return 4;
  return key === null ? 5 : 6;
}

const letter = /\p{L}/u;

function compareTexts(left: string, right: string): number {
  const end = Math.min(left.length, right.length);
  let at = 0;
  while (at < end && left.charCodeAt(at) === right.charCodeAt(at)) at += 1;
  if (at === end) return left.length - right.length;
  const [x, y] = [left.charCodeAt(at), right.charCodeAt(at)];
  return isSurrogate(x) || isSurrogate(y) ? compareBeyond16Bits(left, right, at) : compareAt({ left, right, at }, x, y);
}

const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;

/** Where the texts differ within a pair of code units, the pairs are compared. */
function compareBeyond16Bits(left: string, right: string, differsAt: number): number {
  const isWithinPair = differsAt > 0 && (left.charCodeAt(differsAt - 1) & 0xfc00) === 0xd800;
  const at = isWithinPair ? differsAt - 1 : differsAt;
  return compareAt({ left, right, at }, left.codePointAt(at) ?? 0, right.codePointAt(at) ?? 0);
}

interface Place {
  readonly left: string;
  readonly right: string;
  readonly at: number;
}

function compareAt(place: Place, x: number, y: number): number {
  const [isLetterX, isLetterY] = [isLetter(x), isLetter(y)];
  if (isLetterX !== isLetterY) return isLetterY ? -1 : 1;
  const byNumber = isLetterX || !(isDigit(x) || isDigit(y)) ? 0 : compareDigitRuns(place);
  return byNumber === 0 ? x - y : byNumber;
}

function isLetter(code: number): boolean {
  if (code < 0x80) return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
  return letter.test(String.fromCodePoint(code));
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

function compareDigitRuns({ left, right, at }: Place): number {
  const isLed = (left[at] === '0' || right[at] === '0') && followsNonZeroDigit(left, at);
  const lead = isLed ? '1' : '';
  const [runX, runY] = [digitRun(left, at), digitRun(right, at)];
  const [x, y] = [BigInt(lead + runX), BigInt(lead + runY)];
  if (x !== y) return x < y ? -1 : 1;
  return runX.length - runY.length;
}

const decimalDigit = /\p{Nd}/u;

function followsNonZeroDigit(text: string, at: number): boolean {
  for (let before = at - 1; before >= 0 && decimalDigit.test(text[before] ?? ''); before -= 1) {
    if (text[before] !== '0') return true;
  }
  return false;
}

function digitRun(text: string, from: number): string {
  let end = from;
  while (isDigit(text.charCodeAt(end))) end += 1;
  return text.slice(from, end);
}
