import { YamlFloat, type YamlScalar } from './yaml-value.ts';

const words = new Map<string, YamlScalar>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, new YamlFloat(Number.NaN)] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, new YamlFloat(Infinity)] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, new YamlFloat(-Infinity)] as const),
]);

/** What unquoted text stands for in go-yaml v2's reading of YAML 1.1. */
// BOSH: gopkg.in/yaml.v2 resolve.go
export function resolvePlain(text: string): YamlScalar {
  const word = words.get(text);
  if (word !== undefined) return word;
  const first = text[0] ?? '';
  if (first === '.') return parseFloatText(text) ?? text;
  if (!/[-+0-9]/.test(first) || isTimestamp(text)) return text;
  const digits = text.replaceAll('_', '');
  return parseInteger(digits) ?? parseFloatText(digits) ?? text;
}

/** True if the text, unquoted, would be read as text again. */
export function isPlainText(text: string): boolean {
  return typeof resolvePlain(text) === 'string' && !isTimestamp(text) && !isBase60(text);
}

const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;

/** Decimal, and small enough to be exact as a number. */
const shortInteger = /^[-+]?(?:0|[1-9][0-9]{0,14})$/;

function parseInteger(digits: string): number | bigint | undefined {
  if (shortInteger.test(digits)) return Number(digits) + 0;
  const match = integer.exec(digits);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const size = BigInt(decimal ?? (hex && `0x${hex}`) ?? (binary && `0b${binary}`) ?? `0o${octal}`);
  const value = sign === '-' ? -size : size;
  if (value < -(2n ** 63n) || value >= 2n ** (sign === '' ? 64n : 63n)) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

function parseFloatText(text: string): YamlFloat | undefined {
  if (!float.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? new YamlFloat(value) : undefined;
}

const timestamp =
  /^\d{4}-(\d\d?)-(\d\d?)(?:[Tt](\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)| (\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?)?$/;

/** Timestamps stay text, but are quoted when written. */
function isTimestamp(text: string): boolean {
  const match = timestamp.exec(text);
  if (match === null) return false;
  const [month, day, hour, minute, second] = match
    .slice(1)
    .filter((part) => part !== undefined)
    .map(Number);
  const date = new Date(Date.UTC(Number(text.slice(0, 4)), (month ?? 0) - 1, day));
  const isDate = date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
  return isDate && (hour ?? 0) < 24 && (minute ?? 0) < 60 && (second ?? 0) < 60;
}

/** Sexagesimal numbers of YAML 1.1 are read as text, but quoted when written. */
function isBase60(text: string): boolean {
  return /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text);
}
