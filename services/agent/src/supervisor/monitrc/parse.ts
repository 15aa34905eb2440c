import type { MonitConfig, ProcessCheck, Program, Rule } from './model.ts';
import { parseDuration, parseProgram } from './parse-program.ts';
import { parseRule } from './parse-rule.ts';
import { TokenReader } from './tokens.ts';

type Draft = {
  -readonly [Key in keyof MonitConfig]: MonitConfig[Key] extends readonly (infer Item)[] ? Item[] : MonitConfig[Key];
};

/** Parses one monit file. Throws MonitSyntaxError with file and line. */
export function parseMonitFile(source: string, file: string): MonitConfig {
  const reader = new TokenReader(source, file);
  const config: Draft = { processes: [], includes: [], unchecked: [] };
  while (!reader.atEnd) {
    if (reader.takeWord('check')) parseCheck(reader, config);
    else if (reader.takeWord('include')) config.includes.push(reader.take('a file pattern').text);
    else if (reader.takeWord('set')) parseSet(reader, config);
    else throw reader.error(`expected 'check', 'set' or 'include', found '${reader.peek()?.text}'`);
  }
  return config;
}

function parseCheck(reader: TokenReader, config: Draft): void {
  const { line } = reader;
  const type = reader.take("'process'").text.toLowerCase();
  const name = reader.take('a service name').text;
  if (type === 'process') {
    config.processes.push(parseProcess(reader, { name, line, config }));
    return;
  }
  config.unchecked.push(`${reader.file}:${line}: check ${type} ${name}`);
  skipTo(reader, 'check', 'set', 'include');
}

interface ProcessDraft {
  name: string;
  line: number;
  pidfile?: string;
  start?: Program;
  stop?: Program;
  groups: string[];
  dependsOn: string[];
  mode: ProcessCheck['mode'];
  rules: Rule[];
}

function parseProcess(reader: TokenReader, place: { name: string; line: number; config: Draft }): ProcessCheck {
  const { name, line, config } = place;
  const draft: ProcessDraft = { name, line, groups: [], dependsOn: [], mode: 'active', rules: [] };
  while (!reader.atEnd && !reader.isWord('check', 'set', 'include')) parseStatement(reader, draft);
  const { pidfile } = draft;
  if (pidfile === undefined) throw reader.error(`process '${name}' has no pidfile`, line);
  for (const rule of draft.rules) {
    if (rule.test.kind === 'unchecked') config.unchecked.push(`${reader.file}:${line}: ${name}: if ${rule.text}`);
  }
  return { ...draft, pidfile, file: reader.file };
}

function parseStatement(reader: TokenReader, draft: ProcessDraft): void {
  reader.skipNoise('with', 'and', 'every-cycle', ';');
  if (reader.takeWord('if')) draft.rules.push(parseRule(reader));
  else if (reader.takeWord('pidfile')) draft.pidfile = reader.take('a path').text;
  else if (reader.takeWord('start')) draft.start = parseProgram(reader);
  else if (reader.takeWord('stop')) draft.stop = parseProgram(reader);
  else if (reader.takeWord('restart')) parseProgram(reader);
  else if (reader.takeWord('group')) draft.groups.push(reader.take('a group').text);
  else if (reader.takeWord('depends', 'depend')) draft.dependsOn.push(...parseNames(reader));
  else if (reader.takeWord('mode')) draft.mode = parseMode(reader);
  else if (reader.takeWord('every', 'alert', 'noalert', 'onreboot')) skipStatement(reader);
  else throw reader.error(`'${reader.peek()?.text}' is not understood in process '${draft.name}'`);
}

function parseNames(reader: TokenReader): string[] {
  reader.skipNoise('on');
  const names = [reader.take('a service name').text];
  while (reader.takeWord(',')) names.push(reader.take('a service name').text);
  return names;
}

function parseMode(reader: TokenReader): ProcessCheck['mode'] {
  const { text, line } = reader.take('a mode');
  const mode = text.toLowerCase();
  if (mode === 'active' || mode === 'passive' || mode === 'manual') return mode;
  throw reader.error(`mode '${text}' is none of active, passive, manual`, line);
}

const statementWords = ['if', 'pidfile', 'start', 'stop', 'restart', 'group', 'depends', 'depend', 'mode', 'every'];

function skipStatement(reader: TokenReader): void {
  skipTo(reader, ...statementWords, 'alert', 'noalert', 'onreboot', 'check', 'set', 'include');
}

function skipTo(reader: TokenReader, ...words: readonly string[]): void {
  while (!reader.atEnd && !reader.isWord(...words)) {
    const braces = reader.isWord('{');
    reader.take('a statement');
    if (braces) skipTo(reader, '}');
  }
}

function parseSet(reader: TokenReader, config: Draft): void {
  if (reader.takeWord('daemon')) config.pollMs = parseDuration(reader);
  else if (reader.takeWord('mailserver')) config.mailServer = parseMailServer(reader);
  else if (reader.takeWord('alert')) config.recipient = reader.take('an address').text;
  else if (reader.takeWord('httpd')) config.http = parseHttpd(reader);
  skipTo(reader, 'check', 'set', 'include');
}

function parseMailServer(reader: TokenReader): { host: string; port: number } {
  const host = reader.take('a mail server').text;
  return { host, port: reader.takeWord('port') ? reader.takeNumber('a port') : 25 };
}

function parseHttpd(reader: TokenReader): NonNullable<MonitConfig['http']> {
  const http: { port?: number; address?: string; credentialsFile?: string } = {};
  while (!reader.atEnd && !reader.isWord('check', 'set', 'include')) {
    if (reader.takeWord('port')) http.port = reader.takeNumber('a port');
    else if (reader.takeWord('address')) http.address = reader.take('an address').text;
    else if (reader.takeWord('cleartext')) http.credentialsFile = reader.take('a file').text;
    else reader.take('an option of httpd');
  }
  return http;
}
