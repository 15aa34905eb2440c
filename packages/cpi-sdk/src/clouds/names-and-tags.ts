import { createHash } from 'node:crypto';
import type { Metadata } from '../contract.ts';

/** What a cloud allows in names. */
export interface NameRules {
  readonly maxLength: number;
  /** Characters that may stand in a name, as they stand in a regular expression's class. Default `a-z0-9-`. */
  readonly allowed?: string;
}

/**
 * A name that the cloud takes, made of these parts: characters that are not allowed become `-`, capital letters small ones
 * where only those are allowed. What is too long or had to be changed ends with a digest of the whole, so that two things never get one name.
 */
export function resourceName(parts: readonly string[], { maxLength, allowed = 'a-z0-9-' }: NameRules): string {
  const wanted = parts.join('-');
  const cased = allowed.includes('A-Z') ? wanted : wanted.toLowerCase();
  const clean = cased.replace(new RegExp(`[^${allowed}]+`, 'g'), '-').replace(/^-+|-+$/g, '');
  if (clean === wanted && clean.length <= maxLength) return clean;
  const digest = createHash('sha256').update(wanted).digest('hex').slice(0, 10);
  return `${clean.slice(0, maxLength - digest.length - 1).replace(/-+$/, '')}-${digest}`.replace(/^-/, '');
}

/** What a cloud allows in tags; lengths are in characters. */
export interface TagRules {
  readonly maxKeyLength: number;
  readonly maxValueLength: number;
  readonly maxTags?: number;
  /** As in `NameRules`. Default: everything but control characters. */
  readonly allowed?: string;
}

/**
 * Metadata of set_vm_metadata, set_disk_metadata or snapshot_disk as tags that the cloud takes: values become texts, what is
 * too long is cut, what is not allowed becomes `_`. BOSH's own keys come first when there are too many.
 */
export function tagsOf(metadata: Metadata, rules: TagRules): Readonly<Record<string, string>> {
  const { maxKeyLength, maxValueLength, maxTags = Number.POSITIVE_INFINITY, allowed } = rules;
  const forbidden = allowed === undefined ? /\p{Cc}/gu : new RegExp(`[^${allowed}]`, 'gu');
  const clean = (text: string, length: number): string => [...text.replace(forbidden, '_')].slice(0, length).join('');
  const entries = Object.entries(metadata)
    .filter(([, value]) => value !== null && value !== undefined)
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .slice(0, maxTags)
    .map(([key, value]) => [clean(key, maxKeyLength), clean(textOf(value), maxValueLength)]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Source: bosh-director metadata_updater.rb. */
const ownKeys = ['director', 'deployment', 'id', 'job', 'instance_group', 'index', 'name', 'created_at'];

function rank(key: string): number {
  const position = ownKeys.indexOf(key);
  return position === -1 ? ownKeys.length : position;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
