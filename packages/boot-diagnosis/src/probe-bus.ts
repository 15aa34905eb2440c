import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls, type DetailedPeerCertificate } from 'node:tls';
import { errnoOf } from '@boti/core';
import type { BusProbe, HttpProbe, TlsProbe } from './evidence.ts';

export interface ProbeOptions {
  /** `https://user:password@host:port` */
  readonly url: string;
  /** PEM; empty when any certificate will do. */
  readonly ca: string;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/** Tries to reach an agent's HTTPS bus step by step, to learn at which one it fails. Never throws but when aborted. */
export async function probeBus(options: ProbeOptions): Promise<BusProbe> {
  const { hostname, port: portText } = new URL(options.url);
  const host = hostname.replaceAll(/[[\]]/g, '');
  const port = Number(portText || 443);
  const tcp = await probeTcp({ host, port, signal: options.signal, timeoutMs: options.timeoutMs ?? 5000 });
  options.signal.throwIfAborted();
  if (tcp !== 'open') return { host, port, tcp };
  const tls = await probeTls({ host, port }, options);
  const http = await probeHttp(options);
  options.signal.throwIfAborted();
  return { host, port, tcp, ...(tls && { tls }), ...(http && { http }) };
}

export interface TcpTarget {
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

const tcpOutcomes: Readonly<Record<string, BusProbe['tcp']>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
};

export function probeTcp({ host, port, signal, timeoutMs }: TcpTarget): Promise<BusProbe['tcp']> {
  const { promise, resolve } = Promise.withResolvers<BusProbe['tcp']>();
  const socket = connect({ host, port, timeout: timeoutMs, signal });
  const end = (outcome: BusProbe['tcp']): void => {
    socket.destroy();
    resolve(outcome);
  };
  socket.once('connect', () => end('open'));
  socket.once('timeout', () => end('timeout'));
  socket.once('error', (error) => end(tcpOutcomes[errnoOf(error) ?? ''] ?? 'timeout'));
  return promise;
}

function probeTls(
  { host, port }: { readonly host: string; readonly port: number },
  { ca, timeoutMs = 5000 }: ProbeOptions,
): Promise<TlsProbe | undefined> {
  const { promise, resolve } = Promise.withResolvers<TlsProbe | undefined>();
  // The certificate is looked at here, whether it is believed or not.
  const socket = connectTls(
    { host, port, timeout: timeoutMs, rejectUnauthorized: false, ...(ca !== '' && { ca }) },
    () => {
      const certificate = socket.getPeerCertificate(true);
      const problem = ca === '' || socket.authorized ? undefined : codeOf(socket.authorizationError);
      resolve(describe(certificate, problem));
      socket.destroy();
    },
  );
  const fail = (): void => {
    socket.destroy();
    resolve(undefined);
  };
  socket.once('timeout', fail);
  socket.once('error', fail);
  return promise;
}

function codeOf(error: unknown): string {
  return errnoOf(error) ?? String(error);
}

function describe(certificate: DetailedPeerCertificate, problem: string | undefined): TlsProbe {
  return {
    problem,
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    names: certificate.subjectaltname ?? '',
    validFrom: new Date(certificate.valid_from),
    validTo: new Date(certificate.valid_to),
    selfSigned: certificate.issuerCertificate?.fingerprint256 === certificate.fingerprint256,
  };
}

function nameOf(name: { readonly CN?: string | string[] } | undefined): string {
  const common = name?.CN;
  return Array.isArray(common) ? common.join(', ') : (common ?? '');
}

function probeHttp({ url, signal, timeoutMs = 5000 }: ProbeOptions): Promise<HttpProbe | undefined> {
  const { promise, resolve } = Promise.withResolvers<HttpProbe | undefined>();
  const body = JSON.stringify({ method: 'ping', arguments: [], reply_to: '' });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const target = new URL('/agent', url);
  const request = httpsRequest(
    target,
    { method: 'POST', headers, rejectUnauthorized: false, agent: false, timeout: timeoutMs, signal },
    (response) => {
      response.resume();
      const date = response.headers.date === undefined ? undefined : new Date(response.headers.date);
      resolve({ status: response.statusCode ?? 0, date });
    },
  );
  request.once('timeout', () => request.destroy());
  request.once('error', () => resolve(undefined));
  request.end(body);
  return promise;
}
