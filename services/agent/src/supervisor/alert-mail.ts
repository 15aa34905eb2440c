import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertEvent } from './fleet.ts';
import type { MailSettings } from './monitrc/model.ts';

const retryMs = 5000;
const maxQueued = 200;
const timeoutMs = 15_000;

/** Sends alerts as mails in monit's form, in order; they wait while the receiver is away (an agent that restarts). */
export class AlertMailer {
  settings: MailSettings | undefined;
  readonly #queue: string[] = [];
  #isSending = false;

  send(event: AlertEvent): void {
    if (this.settings === undefined) return;
    this.#queue.push(mailOf(event, this.settings.recipient));
    if (this.#queue.length > maxQueued) this.#queue.shift();
    if (!this.#isSending) void this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    for (let mail = this.#queue[0]; mail !== undefined && this.settings !== undefined; mail = this.#queue[0]) {
      try {
        await deliver(mail, this.settings);
        this.#queue.shift();
      } catch {
        await sleep(retryMs, undefined, { ref: false });
      }
    }
    this.#isSending = false;
  }
}

function mailOf({ service, event, action, description }: AlertEvent, recipient: string): string {
  return [
    'From: monit@localhost',
    `To: ${recipient}`,
    'Subject: Monit Alert',
    `Date: ${rfc1123z(new Date())}`,
    `Message-id: <${Math.floor(Date.now() / 1000)}.${randomUUID()}@${hostname()}>`,
    'Mime-Version: 1.0',
    'Content-Type: text/plain; charset="utf-8"',
    '',
    `Service: ${service}`,
    `Event: ${event}`,
    `Action: ${action}`,
    `Date: ${rfc1123z(new Date())}`,
    `Description: ${description.replaceAll(/\s+/g, ' ')}`,
    '',
  ].join('\r\n');
}

/** `Sun, 22 May 2011 20:07:41 +0000` */
function rfc1123z(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}

/** One SMTP dialogue: each line is sent when the line before it was answered with 2xx or 3xx. */
function deliver(mail: string, { host, port, recipient }: MailSettings): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const lines = [
    `HELO ${hostname()}`,
    'MAIL FROM: <monit@localhost>',
    `RCPT TO: <${recipient}>`,
    'DATA',
    `${mail.replaceAll(/^\./gm, '..')}\r\n.`,
    'QUIT',
  ];
  const socket = connect({ host, port, timeout: timeoutMs });
  const fail = (error: Error): void => {
    socket.destroy();
    reject(error);
  };
  socket.setEncoding('latin1');
  socket.on('data', (answer) => {
    if (!/^[23]/.test(String(answer))) return fail(new Error(`mail refused: ${answer}`));
    const line = lines.shift();
    if (line === undefined) {
      socket.end();
      resolve();
    } else socket.write(`${line}\r\n`);
  });
  socket.on('error', fail);
  socket.on('timeout', () => fail(new Error('mail server is silent')));
  socket.on('close', () => fail(new Error('mail server hung up')));
  return promise;
}
