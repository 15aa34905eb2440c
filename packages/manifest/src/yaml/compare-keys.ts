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
const digit = /\p{Nd}/u;

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  const [a, b] = [Array.from(left), Array.from(right)];
  for (let at = 0; at < a.length && at < b.length; at += 1) {
    if (a[at] !== b[at]) return compareAt(a, b, at);
  }
  return a.length - b.length;
}

function compareAt(a: readonly string[], b: readonly string[], at: number): number {
  const [x, y] = [a[at] ?? '', b[at] ?? ''];
  const [isLetterA, isLetterB] = [letter.test(x), letter.test(y)];
  if (isLetterA !== isLetterB) return isLetterB ? -1 : 1;
  if (!isLetterA) {
    const byNumber = compareDigitRuns(a, b, at);
    if (byNumber !== 0) return byNumber;
  }
  return (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0);
}

function compareDigitRuns(a: readonly string[], b: readonly string[], at: number): number {
  const lead = (a[at] === '0' || b[at] === '0') && followsNonZeroDigit(a, at) ? '1' : '';
  const [runA, runB] = [digitRun(a, at), digitRun(b, at)];
  const [x, y] = [BigInt(lead + runA || '0'), BigInt(lead + runB || '0')];
  if (x !== y) return x < y ? -1 : 1;
  return runA.length - runB.length;
}

function followsNonZeroDigit(text: readonly string[], at: number): boolean {
  for (let before = at - 1; before >= 0 && digit.test(text[before] ?? ''); before -= 1) {
    if (text[before] !== '0') return true;
  }
  return false;
}

function digitRun(text: readonly string[], from: number): string {
  let end = from;
  while (end < text.length && /[0-9]/.test(text[end] ?? '')) end += 1;
  return text.slice(from, end).join('');
}
