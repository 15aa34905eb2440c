import type { Program } from './model.ts';
import type { TokenReader } from './tokens.ts';

const defaultTimeoutMs = 30_000;

/** `program = "/path args" [as uid U [and] gid G] [with timeout N seconds]`, after the word `start`, `stop` or `exec`. */
export function parseProgram(reader: TokenReader): Program {
  reader.skipNoise('program', '=');
  const command = reader.take('a command');
  const argv = splitCommand(command.text);
  if (argv.length === 0) throw reader.error('the command is empty', command.line);
  const owner: { uid?: string; gid?: string } = {};
  let timeoutMs = defaultTimeoutMs;
  while (true) {
    if (reader.takeWord('uid')) owner.uid = reader.take('a user').text;
    else if (reader.takeWord('gid')) owner.gid = reader.take('a group').text;
    else if (reader.takeWord('timeout')) timeoutMs = parseDuration(reader);
    else if (!isFollowedByOption(reader)) return { argv, ...owner, timeoutMs };
    else reader.skipNoise('as', 'and', 'with', 'using');
  }
}

/** `N [seconds|minutes|hours]` */
export function parseDuration(reader: TokenReader): number {
  const number = reader.takeNumber('a duration');
  if (reader.takeWord('minute', 'minutes', 'min')) return number * 60_000;
  if (reader.takeWord('hour', 'hours')) return number * 3_600_000;
  reader.takeWord('second', 'seconds', 's', 'sec');
  return number * 1000;
}

/** As monit splits a command: at blanks, quotes hold together, no shell. */
export function splitCommand(command: string): string[] {
  const words = command.matchAll(/(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|[^\s"'\\]+)+/g);
  return Array.from(words, ([word]) =>
    word.replaceAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g, (_, double?: string, single?: string, escaped?: string) =>
      double !== undefined ? double.replaceAll(/\\(.)/g, '$1') : (single ?? escaped ?? ''),
    ),
  );
}

/** `with`, `as`, `and` belong to the program only if one of its options comes next. */
function isFollowedByOption(reader: TokenReader): boolean {
  for (let ahead = 0; ; ahead += 1) {
    const word = reader.peek(ahead);
    if (word === undefined || word.quoted) return false;
    const text = word.text.toLowerCase();
    if (['uid', 'gid', 'timeout'].includes(text)) return true;
    if (!['as', 'and', 'with', 'using'].includes(text)) return false;
  }
}
