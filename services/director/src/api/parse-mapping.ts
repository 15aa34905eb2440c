import { messageOf } from '@boti/core';
import { loadYaml } from '@boti/manifest';
import { BadManifest } from '../errors.ts';

/** The YAML mapping that a manifest or config has to be. */
export function parseMapping(text: string, what: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') throw new BadManifest(`${what} should not be empty`);
  const value = load(text, what);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadManifest(`${what} should be a hash`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function load(text: string, what: string): unknown {
  try {
    return loadYaml(text, { file: what.toLowerCase() });
  } catch (error) {
    throw new BadManifest(`Incorrect YAML structure of the uploaded ${what.toLowerCase()}: ${messageOf(error)}`);
  }
}
