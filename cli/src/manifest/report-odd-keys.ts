import { ExpectedError } from '@boti/core';
import {
  checkManifestKeys,
  type DuplicateKey,
  type ManifestKind,
  type OpsFile,
  type YamlDocument,
  type YamlValue,
} from '@boti/manifest';
import type { Ui } from '../ui/ui.ts';

/** A document with what became of it, for its keys to be looked at. */
export interface ManifestKeys {
  readonly source: YamlDocument;
  readonly ops: readonly OpsFile[];
  readonly value: YamlValue;
}

export interface KeyRules {
  /** Undefined where nobody knows which keys there may be. */
  readonly kind: ManifestKind | undefined;
  readonly isFatal: boolean;
}

/** Warns of keys that the Director would ignore, and of keys given twice: most are typing errors; or refuses them. */
export function reportOddKeys(ui: Ui, manifest: ManifestKeys, { kind, isFatal }: KeyRules): void {
  const { source, ops } = manifest;
  const files = [source, ...ops];
  const twice = files.flatMap(({ file, duplicateKeys }) => duplicateKeys.map((key) => duplicate(file, key)));
  const messages = [...twice, ...(kind === undefined ? [] : unknownKeys(manifest, kind))];
  if (messages.length === 0) return;
  if (isFatal) {
    throw new ExpectedError(`There are keys that mean nothing:\n${messages.join('\n')}`, {
      hint: 'Correct or remove them, or leave out --strict.',
    });
  }
  for (const message of messages) ui.remark(`Warning: ${message}`);
}

function duplicate(file: string, { name, first, last }: DuplicateKey): string {
  return `${file}, line ${last.line}, column ${last.column}: key '${name}' stands in line ${first.line} already; the last one counts`;
}

/** What operations have removed does not count; what they have added has no place in the file. */
function unknownKeys({ source, value }: ManifestKeys, kind: ManifestKind): readonly string[] {
  const inSource = checkManifestKeys(source, kind);
  const byPath = new Map(inSource.map((key) => [key.path, key]));
  const file = `${source.file} with operations applied`;
  const inResult = checkManifestKeys({ file, value, duplicateKeys: [], positionOf: () => undefined }, kind);
  return inResult.map((key) => (byPath.get(key.path) ?? key).message);
}
