import { ExpectedError } from '@boti/core';
import type { ManifestKind } from '@boti/manifest';
import type { Ui } from '../ui/ui.ts';
import type { RenderedManifest } from './render-manifest.ts';

/** Warns of keys that the Director would ignore: most are typing errors. With `isFatal` it refuses them. */
export function reportUnknownKeys(
  ui: Ui,
  manifest: RenderedManifest,
  { kind, isFatal = false }: { readonly kind: ManifestKind; readonly isFatal?: boolean },
): void {
  const messages = manifest.unknownKeys(kind).map(({ message }) => message);
  if (messages.length === 0) return;
  if (isFatal) {
    throw new ExpectedError(`The manifest has keys that mean nothing:\n${messages.join('\n')}`, {
      hint: 'Correct or remove them, or leave out --strict.',
    });
  }
  for (const message of messages) ui.remark(`Warning: ${message}`);
}
