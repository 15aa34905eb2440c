import { readFile } from 'node:fs/promises';
import { DirectorReplyError, type DirectorRequest, during, readBody } from '@boti/director-api';
import { argument } from '../arguments/argument-spec.ts';
import { flag, list, text, textOr } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { UsageError } from '../usage-error.ts';

const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;
type Method = (typeof methods)[number];

export const curl = directorCommand({
  name: 'curl',
  summary: 'Send one request to the Director',
  args: { path: argument('PATH') },
  options: {
    method: textOr('GET', 'HTTP method', { short: 'X' }),
    header: list('HTTP header `Name: value`; may be given several times', { short: 'H' }),
    body: text('File with the body, or - for standard input', { placeholder: 'PATH' }),
    showHeaders: flag('Print status and headers too', { short: 'i' }),
  },

  async run({ ui, director }, { path, method, header, body, showHeaders }) {
    if (!isMethod(method))
      throw new UsageError(`Unknown method '${method}'`, { hint: `Use one of ${methods.join(', ')}.` });
    const request: DirectorRequest = {
      method,
      path,
      headers: Object.fromEntries(header.map(parseHeader)),
      ...(body === undefined ? {} : { body: await readFile(body === '-' ? '/dev/stdin' : body) }),
      accept: everyStatus,
    };
    await during('Executing HTTP request', async () => {
      const reply = await director.send(request);
      const content = (await readBody(reply)).toString();
      if (showHeaders) ui.block(`${statusAndHeaders(reply)}\r\n`);
      ui.block(content);
      if (reply.status >= 300) throw new DirectorReplyError(reply.status, content);
    });
  },
});

const everyStatus = Array.from({ length: 200 }, (_, index) => 400 + index);

const isMethod = (method: string): method is Method => methods.includes(method as Method);

function parseHeader(text: string): [string, string] {
  const colon = text.indexOf(':');
  if (colon <= 0) throw new UsageError(`Expected header '${text}' to be in format 'Name: value'`);
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

function statusAndHeaders(reply: { status: number; statusText: string; rawHeaders: readonly string[] }): string {
  const lines = [`HTTP/1.1 ${reply.status} ${reply.statusText}`];
  for (let index = 0; index < reply.rawHeaders.length; index += 2) {
    lines.push(`${reply.rawHeaders[index]}: ${reply.rawHeaders[index + 1]}`);
  }
  return lines.map((line) => `${line}\r\n`).join('');
}
