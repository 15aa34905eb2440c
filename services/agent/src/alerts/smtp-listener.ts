import { createServer, type Socket } from 'node:net';
import type { Logger } from '@boti/core';

const maxMailBytes = 256 * 1024;

/** Takes mails on loopback, as the job supervisor sends its alerts. Speaks as much SMTP as that needs. */
export async function smtpListener(
  port: number,
  onMail: (mail: string) => void,
  logger: Logger,
): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    converse(socket, onMail);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, '127.0.0.1', resolve);
  await promise;
  server.on('error', (error) => logger.error('the alert listener failed', { error }));
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function converse(socket: Socket, onMail: (mail: string) => void): void {
  let buffer = '';
  let isData = false;
  const takeMail = (): boolean => {
    const end = /(?:^|\r?\n)\.\r?\n/.exec(buffer);
    if (end === null) return false;
    onMail(buffer.slice(0, end.index).replaceAll(/^\.\./gm, '.'));
    buffer = buffer.slice(end.index + end[0].length);
    isData = false;
    socket.write('250 2.0.0 taken\r\n');
    return true;
  };
  const takeCommand = (): boolean => {
    const end = buffer.indexOf('\n');
    if (end < 0) return false;
    const command = buffer.slice(0, end).trim();
    buffer = buffer.slice(end + 1);
    const verb = command.split(' ')[0]?.toUpperCase() ?? '';
    isData = verb === 'DATA';
    socket.write(answerTo(verb));
    if (verb === 'QUIT') socket.end();
    return true;
  };
  socket.setEncoding('utf8');
  socket.setTimeout(60_000, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    buffer += String(chunk);
    if (buffer.length > maxMailBytes) socket.destroy();
    while (isData ? takeMail() : takeCommand());
  });
  socket.write('220 bosh-agent ESMTP\r\n');
}

function answerTo(verb: string): string {
  if (verb === 'DATA') return '354 go on\r\n';
  if (verb === 'QUIT') return '221 2.0.0 bye\r\n';
  const isKnown = ['HELO', 'EHLO', 'MAIL', 'RCPT', 'RSET', 'NOOP'].includes(verb);
  return isKnown ? '250 2.0.0 ok\r\n' : '500 5.5.1 unknown command\r\n';
}
