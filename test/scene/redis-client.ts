import { connect } from 'node:net';

export type Reply = string | number | null | Error | readonly Reply[];

interface Parsed {
  readonly reply: Reply;
  readonly end: number;
}

/** Sends one command over a connection of its own. An error reply is thrown. */
export async function redis(host: string, password: string, ...command: readonly string[]): Promise<Reply> {
  const [, reply] = await exchange(host, [['AUTH', password], command]);
  if (reply instanceof Error) throw new Error(`${host} ${command.join(' ')}: ${reply.message}`);
  return reply ?? null;
}

/** A line of INFO: `info(…, 'server', 'run_id')` changes whenever the process does. */
export async function redisInfo(host: string, password: string, section: string, name: string): Promise<string> {
  const text = String(await redis(host, password, 'INFO', section));
  return new RegExp(`^${name}:(.*)\r$`, 'm').exec(text)?.[1] ?? '';
}

function exchange(host: string, commands: readonly (readonly string[])[]): Promise<readonly Reply[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Reply[]>();
  const socket = connect({ host, port: 6379, timeout: 5000 });
  let received = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    received += text;
    const replies = parseAll(received);
    if (replies.length === commands.length) resolve(replies);
  });
  socket.on('timeout', () => reject(new Error(`Redis at ${host} did not answer within 5 s`)));
  socket.on('error', reject);
  socket.on('close', () => reject(new Error(`Redis at ${host} hung up`)));
  for (const command of commands) socket.write(encode(command));
  return promise.finally(() => socket.destroy());
}

function encode(command: readonly string[]): string {
  const words = command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${command.length}\r\n${words.join('')}`;
}

/** All replies that have come in whole. */
function parseAll(text: string): readonly Reply[] {
  const replies: Reply[] = [];
  for (let parsed = parse(text, 0); parsed !== undefined; parsed = parse(text, parsed.end)) replies.push(parsed.reply);
  return replies;
}

function parse(text: string, start: number): Parsed | undefined {
  const lineEnd = text.indexOf('\r\n', start);
  if (lineEnd < 0) return undefined;
  const line = text.slice(start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (text[start]) {
    case '+':
      return { reply: line, end };
    case '-':
      return { reply: new Error(line), end };
    case ':':
      return { reply: Number(line), end };
    case '$':
      return parseString(text, Number(line), end);
    case '*':
      return parseArray(text, Number(line), end);
    default:
      throw new Error(`Not a reply of Redis: ${line}`);
  }
}

/** Lengths are in bytes; the tests send and read ASCII. */
function parseString(text: string, length: number, start: number): Parsed | undefined {
  if (length < 0) return { reply: null, end: start };
  const end = start + length;
  return text.length < end + 2 ? undefined : { reply: text.slice(start, end), end: end + 2 };
}

function parseArray(text: string, length: number, start: number): Parsed | undefined {
  const reply: Reply[] = [];
  let end = start;
  while (reply.length < length) {
    const element = parse(text, end);
    if (element === undefined) return undefined;
    reply.push(element.reply);
    end = element.end;
  }
  return { reply, end };
}
