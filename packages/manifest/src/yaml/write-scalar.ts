import { formatFloat } from './format-float.ts';
import { isPlainText } from './resolve-scalar.ts';
import { analyzeScalar, type ScalarAnalysis } from './scalar-analysis.ts';
import { YamlFloat, type YamlScalar } from './yaml-value.ts';
import type { YamlWriter } from './yaml-writer.ts';

/** Where a scalar stands. */
export interface Context {
  readonly isInMap: boolean;
  readonly isSimpleKey: boolean;
}

export interface ScalarText {
  readonly text: string;
  readonly chars: readonly string[];
  readonly tag?: string;
  readonly style: 'plain' | 'literal' | 'single' | 'double';
  readonly analysis: ScalarAnalysis;
}

export function scalarText(value: YamlScalar): ScalarText {
  if (typeof value === 'string') return styled(value, isPlainText(value) ? 'plain' : 'double');
  if (value instanceof Uint8Array) return { ...styled(base64Lines(value), 'plain'), tag: '!!binary' };
  return styled(value instanceof YamlFloat ? formatFloat(value.value) : String(value), 'plain');
}

function styled(text: string, singleLineStyle: 'plain' | 'single' | 'double'): ScalarText {
  const chars = Array.from(text);
  return { text, chars, style: text.includes('\n') ? 'literal' : singleLineStyle, analysis: analyzeScalar(chars) };
}

// BOSH: Ruby's psych, visitors/yaml_tree.rb, visit_String
export function psychScalarText(value: YamlScalar): ScalarText {
  if (value === null) return styled('', 'plain');
  if (value instanceof YamlFloat && Number.isInteger(value.value)) return styled(value.value.toFixed(1), 'plain');
  if (typeof value !== 'string') return scalarText(value);
  if (/^[yYnN]$/.test(value) || /^[^\p{L}\p{N}\p{Pc}][^"]*$/u.test(value)) return styled(value, 'double');
  return styled(value, isPlainText(value) && !/^[-+]?[0-9][0-9,_]*$/.test(value) ? 'plain' : 'single');
}

function base64Lines(bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,70}/g) ?? [];
  return lines.length > 1 ? lines.map((line) => `${line}\n`).join('') : lines.join('');
}

/** Writes a scalar in the style that keeps it intact. */
export function writeScalar(writer: YamlWriter, scalar: ScalarText, { isSimpleKey }: Context): void {
  const { chars, analysis } = scalar;
  if (scalar.tag !== undefined) writer.indicator(scalar.tag, { needsBlank: true });
  writer.deeper(
    () => {
      const style = finalStyle(scalar, isSimpleKey);
      if (style === 'literal') writer.literal(chars);
      else if (style === 'plain') writer.plain(chars, !isSimpleKey);
      else if (style === 'single' && analysis.allowsSingleQuoted) writer.singleQuoted(chars, !isSimpleKey);
      else writer.doubleQuoted(chars, !isSimpleKey);
    },
    false,
    true,
  );
}

function finalStyle({ style, analysis }: ScalarText, isSimpleKey: boolean): 'plain' | 'single' | 'double' | 'literal' {
  if (style === 'literal') return analysis.allowsLiteral && !isSimpleKey ? 'literal' : 'double';
  if (style === 'plain') return analysis.allowsPlain ? 'plain' : 'single';
  return style;
}
