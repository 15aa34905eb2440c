import { compareKeys } from './compare-keys.ts';
import { fromPlain } from './plain.ts';
import { type Context, psychScalarText, type ScalarText, scalarText, writeScalar } from './write-scalar.ts';
import { writeUsualText } from './write-usual-text.ts';
import {
  isList,
  isMap,
  OrderedMap,
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
  const isGo = dialect === 'go';
  const target = { writer, sortKeys, isGo, scalarText: isGo ? scalarText : psychScalarText };
  writeNode(target, value, { isInMap: false, isSimpleKey: false });
  writer.newLine();
  return writer.text();
}

interface Target {
  readonly writer: YamlWriter;
  readonly sortKeys: boolean;
  readonly isGo: boolean;
  readonly scalarText: (value: YamlScalar) => ScalarText;
}

function writeNode(target: Target, value: YamlValue, context: Context): void {
  if (isMap(value)) writeMap(target, value);
  else if (isList(value)) writeList(target, value, context);
  else if (typeof value !== 'string' || !target.isGo || !writeUsualText(target.writer, value, context)) {
    writeScalar(target.writer, target.scalarText(value), context);
  }
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
  const isShort = typeof key === 'string' && key.length <= longestSimpleKey / 3 && target.isGo;
  if (isShort && writeUsualText(writer, key, { isInMap: true, isSimpleKey: true })) {
    writer.indicator(':');
    return;
  }
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
