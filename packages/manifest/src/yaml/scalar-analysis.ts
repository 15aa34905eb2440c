export interface ScalarAnalysis {
  readonly isMultiline: boolean;
  readonly allowsPlain: boolean;
  readonly allowsSingleQuoted: boolean;
  readonly allowsLiteral: boolean;
}

/** Which ways of writing a text keep it intact. Texts are lists of code points. */
// BOSH: gopkg.in/yaml.v2 emitterc.go, yaml_emitter_analyze_scalar
export function analyzeScalar(chars: readonly string[]): ScalarAnalysis {
  if (chars.length === 0) {
    return { isMultiline: false, allowsPlain: true, allowsSingleQuoted: true, allowsLiteral: false };
  }
  const last = chars.at(-1) ?? '';
  const first = chars[0] ?? '';
  const isMultiline = chars.some(isBreak);
  const isSpecial = chars.some((char) => !isPrintable(char)) || hasPair(chars, isSpace, isBreak);
  const hasBreakSpace = hasPair(chars, isBreak, isSpace);
  const hasOuterBlank = isSpace(first) || isSpace(last) || isMultiline;
  return {
    isMultiline,
    allowsPlain: !hasOuterBlank && !isSpecial && !hasIndicator(chars),
    allowsSingleQuoted: !hasBreakSpace && !isSpecial,
    allowsLiteral: !isSpecial && !isSpace(last),
  };
}

function hasPair(chars: readonly string[], isFirst: Test, isSecond: Test): boolean {
  return chars.some((char, at) => isFirst(char) && at + 1 < chars.length && isSecond(chars[at + 1] ?? ''));
}

type Test = (char: string) => boolean;

function hasIndicator(chars: readonly string[]): boolean {
  const start = chars.slice(0, 3).join('');
  if (start === '---' || start === '...') return true;
  const first = chars[0] ?? '';
  if ('#,[]{}&*!|>\'"%@`'.includes(first)) return true;
  if ('?:-'.includes(first) && isBlankOrEnd(chars[1])) return true;
  return chars.some((char, at) => {
    if (at === 0) return false;
    if (char === ':') return isBlankOrEnd(chars[at + 1]);
    return char === '#' && isBlankOrEnd(chars[at - 1]);
  });
}

export function isSpace(char: string | undefined): boolean {
  return char === ' ';
}

export function isBreak(char: string): boolean {
  return char === '\n' || char === '\r' || char === '\u0085' || char === '\u2028' || char === '\u2029';
}

function isBlankOrEnd(char: string | undefined): boolean {
  return char === undefined || char === ' ' || char === '\t' || isBreak(char);
}

export function isPrintable(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x0a || (code >= 0x20 && code <= 0x7e)) return true;
  return code >= 0xa0 && code <= 0xfffd && code !== 0xfeff && !(code >= 0xd800 && code <= 0xdfff);
}
