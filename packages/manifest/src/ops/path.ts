import { ExpectedError } from '@boti/core';

/** A step of a path like `/instance_groups/name=web/jobs/0:after`. */
export type PathToken =
  | { readonly kind: 'key'; readonly key: string; readonly isOptional: boolean }
  | { readonly kind: 'index'; readonly index: number; readonly modifiers: readonly Modifier[] }
  | { readonly kind: 'append' }
  | {
      readonly kind: 'match';
      readonly key: string;
      readonly value: string;
      readonly isOptional: boolean;
      readonly modifiers: readonly Modifier[];
    };

const modifierNames = ['prev', 'next', 'before', 'after'] as const;
export type Modifier = (typeof modifierNames)[number];

export class PathInvalid extends ExpectedError {
  constructor(path: string, problem: string) {
    super(`Path '${path}' ${problem}`, {
      hint: "A path looks like /instance_groups/name=web/jobs/0 or /key?/new; '~1' stands for '/', '~0' for '~', '~7' for ':'.",
    });
  }
}

const maximumSteps = 500;

/** Parses a path. Everything after the first `?` is optional too. Digits are always an index, never a key. */
// BOSH: cppforlife/go-patch pointer.go
export function parsePath(text: string): readonly PathToken[] {
  if (text === '') return [];
  if (!text.startsWith('/')) throw new PathInvalid(text, "does not start with '/'");
  const parts = text.split('/').slice(1);
  if (parts.length > maximumSteps) throw new PathInvalid(text, `has more than ${maximumSteps} steps`);
  let isOptional = false;
  return parts.map((part, at) => {
    const { name, modifiers } = splitModifiers(text, part);
    if (name === '-' && at === parts.length - 1) return plain(text, { kind: 'append' }, modifiers);
    if (/^[-+]?[0-9]+$/.test(name)) return { kind: 'index', index: Number(name), modifiers };
    isOptional ||= name.endsWith('?');
    const bare = name.replace(/\?$/, '');
    const equals = bare.indexOf('=');
    if (equals === -1) return plain(text, { kind: 'key', key: bare, isOptional }, modifiers);
    return { kind: 'match', key: bare.slice(0, equals), value: bare.slice(equals + 1), isOptional, modifiers };
  });
}

function splitModifiers(
  path: string,
  part: string,
): { readonly name: string; readonly modifiers: readonly Modifier[] } {
  const [name = '', ...words] = part.split(':');
  const modifiers = words.map((word) => {
    const modifier = modifierNames.find((known) => known === word);
    if (modifier !== undefined) return modifier;
    throw new PathInvalid(path, `has the unknown modifier ':${word}'; known are :prev, :next, :before, :after`);
  });
  return { name: name.replaceAll(/~[017]/g, (sequence) => escapes[sequence] ?? sequence), modifiers };
}

const escapes: Readonly<Record<string, string>> = { '~0': '~', '~1': '/', '~7': ':' };

function plain(path: string, token: PathToken, modifiers: readonly Modifier[]): PathToken {
  if (modifiers.length === 0) return token;
  throw new PathInvalid(
    path,
    `has the modifier ':${modifiers[0]}' where none may stand: only after an index or name=value`,
  );
}

export function formatPath(tokens: readonly PathToken[]): string {
  return tokens.map((token) => `/${formatToken(token)}`).join('');
}

function formatToken(token: PathToken): string {
  if (token.kind === 'append') return '-';
  if (token.kind === 'key') return `${escaped(token.key)}${token.isOptional ? '?' : ''}`;
  const modifiers = token.modifiers.map((name) => `:${name}`).join('');
  if (token.kind === 'index') return `${token.index}${modifiers}`;
  return `${escaped(token.key)}=${escaped(token.value)}${token.isOptional ? '?' : ''}${modifiers}`;
}

function escaped(text: string): string {
  return text.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll(':', '~7');
}
