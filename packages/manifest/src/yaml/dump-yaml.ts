import { compareKeys } from './compare-keys.ts';
import { formatFloat } from './format-float.ts';
import { fromPlain } from './plain.ts';
import { isPlainText } from './resolve-scalar.ts';
import { analyzeScalar, type ScalarAnalysis } from './scalar-analysis.ts';
import {
  isList,
  isMap,
  OrderedMap,
  YamlFloat,
  type YamlKey,
  type YamlMap,
  type YamlScalar,
  type YamlValue,
} from './yaml-value.ts';
import { YamlWriter } from './yaml-writer.ts';

export interface DumpOptions {
  /** Keys in natural order (the default), or as they come: for files whose keys have an order people know. */
  readonly sortKeys?: boolean;
  /** Whose quoting: go-yaml's (the default), or that of Ruby's Psych, which Directors use. */
  readonly dialect?: 'go' | 'psych';
}

/** Writes plain JavaScript or a YAML value as go-yaml v2 does: natural key order, its quoting, folded at 80 columns. */
export function dumpYaml(value: unknown, options: DumpOptions = {}): string {
  return dumpYamlValue(fromPlain(value), options);
}

/** As dumpYaml, for a value that parseYaml made. */
export function dumpYamlValue(value: YamlValue, options: DumpOptions = {}): string {
  const { sortKeys = true, dialect = 'go' } = options;
  const writer = new YamlWriter();
  writeNode({ writer, sortKeys, scalarText: dialect === 'go' ? scalarText : psychScalarText }, value, {
    isInMap: false,
    isSimpleKey: false,
  });
  writer.newLine();
  return writer.text();
}

interface Target {
  readonly writer: YamlWriter;
  readonly sortKeys: boolean;
  readonly scalarText: (value: YamlScalar) => ScalarText;
}

interface Context {
  readonly isInMap: boolean;
  readonly isSimpleKey: boolean;
}

function writeNode(target: Target, value: YamlValue, context: Context): void {
  if (isMap(value)) writeMap(target, value);
  else if (isList(value)) writeList(target, value, context);
  else writeScalar(target.writer, target.scalarText(value), context);
}

function writeList(target: Target, list: readonly YamlValue[], context: Context): void {
  const { writer } = target;
  if (list.length === 0) {
    writer.indicator('[]', { needsBlank: true });
    return;
  }
  const writeItems = (): void => {
    for (const item of list) {
      writer.newLine();
      writer.indicator('-', { needsBlank: true, isIndentation: true });
      writeNode(target, item, { isInMap: false, isSimpleKey: false });
    }
  };
  writer.deeper(writeItems, context.isInMap && !writer.isIndenting);
}

function writeMap(target: Target, map: YamlMap): void {
  const { writer } = target;
  if (map.size === 0) {
    writer.indicator('{}', { needsBlank: true });
    return;
  }
  const entries = [...map];
  if (target.sortKeys && !(map instanceof OrderedMap)) entries.sort(([a], [b]) => compareKeys(a, b));
  writer.deeper(() => {
    for (const [key, value] of entries) {
      writer.newLine();
      writeKey(target, key);
      writeNode(target, value, { isInMap: true, isSimpleKey: false });
    }
  });
}

const longestSimpleKey = 128;

function writeKey(target: Target, key: YamlKey): void {
  const { writer } = target;
  const scalar = target.scalarText(key);
  if (!scalar.analysis.isMultiline && Buffer.byteLength(scalar.text) <= longestSimpleKey) {
    writeScalar(writer, scalar, { isInMap: true, isSimpleKey: true });
    writer.indicator(':');
    return;
  }
  writer.indicator('?', { needsBlank: true, isIndentation: true });
  writeScalar(writer, scalar, { isInMap: true, isSimpleKey: false });
  writer.newLine();
  writer.indicator(':', { needsBlank: true, isIndentation: true });
}

interface ScalarText {
  readonly text: string;
  readonly chars: readonly string[];
  readonly tag?: string;
  readonly style: 'plain' | 'literal' | 'single' | 'double';
  readonly analysis: ScalarAnalysis;
}

function scalarText(value: YamlScalar): ScalarText {
  if (typeof value === 'string') return styled(value, isPlainText(value) ? 'plain' : 'double');
  if (value instanceof Uint8Array) return { ...styled(base64Lines(value), 'plain'), tag: '!!binary' };
  return styled(value instanceof YamlFloat ? formatFloat(value.value) : String(value), 'plain');
}

function styled(text: string, singleLineStyle: 'plain' | 'single' | 'double'): ScalarText {
  const chars = Array.from(text);
  return { text, chars, style: text.includes('\n') ? 'literal' : singleLineStyle, analysis: analyzeScalar(chars) };
}

// BOSH: Ruby's psych, visitors/yaml_tree.rb, visit_String
function psychScalarText(value: YamlScalar): ScalarText {
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

function writeScalar(writer: YamlWriter, scalar: ScalarText, { isSimpleKey }: Context): void {
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
