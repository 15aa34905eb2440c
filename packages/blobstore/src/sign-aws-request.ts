import { createHash, createHmac } from 'node:crypto';

/** A request as AWS Signature Version 4 sees it. */
export interface AwsRequest {
  readonly method: string;
  readonly url: URL;
  /** Those that are signed, lower case; `host` is added. */
  readonly headers: Readonly<Record<string, string>>;
  /** Hexadecimal SHA-256 of the body, or `UNSIGNED-PAYLOAD`. */
  readonly payload: string;
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
export const unsignedPayload = 'UNSIGNED-PAYLOAD';

/** The headers that authorise a request. */
export function signAwsRequest(request: AwsRequest, credentials: AwsCredentials, now: Date): Record<string, string> {
  const headers = {
    ...request.headers,
    host: request.url.host,
    'x-amz-content-sha256': request.payload,
    'x-amz-date': timestamp(now),
  };
  const signedHeaders = Object.keys(headers).sort().join(';');
  const signature = sign({ ...request, headers }, credentials, now);
  const credential = `${credentials.accessKeyId}/${scope(credentials, now)}`;
  const authorization = `${algorithm} Credential=${credential},SignedHeaders=${signedHeaders},Signature=${signature}`;
  return { ...headers, authorization };
}

/** A URL that authorises one request without headers, for `seconds`. */
export function presignAwsUrl(
  request: Pick<AwsRequest, 'method' | 'url'> & { readonly seconds: number },
  credentials: AwsCredentials,
  now: Date,
): string {
  const url = new URL(request.url);
  url.searchParams.set('X-Amz-Algorithm', algorithm);
  url.searchParams.set('X-Amz-Credential', `${credentials.accessKeyId}/${scope(credentials, now)}`);
  url.searchParams.set('X-Amz-Date', timestamp(now));
  url.searchParams.set('X-Amz-Expires', String(request.seconds));
  url.searchParams.set('X-Amz-SignedHeaders', 'host');
  const unsigned = { method: request.method, url, headers: { host: url.host }, payload: unsignedPayload };
  url.searchParams.set('X-Amz-Signature', sign(unsigned, credentials, now));
  return url.href;
}

function sign(request: AwsRequest, credentials: AwsCredentials, now: Date): string {
  const text = [algorithm, timestamp(now), scope(credentials, now), sha256(canonicalRequest(request))].join('\n');
  return hmac(signingKey(credentials, now), text).toString('hex');
}

function canonicalRequest({ method, url, headers, payload }: AwsRequest): string {
  const query = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]?.trim()}\n`);
  return [method, canonicalPath(url), query.join('&'), lines.join(''), names.join(';'), payload].join('\n');
}

function canonicalPath(url: URL): string {
  return url.pathname
    .split('/')
    .map((part) => encode(decodeURIComponent(part)))
    .join('/');
}

/** As encodeURIComponent, but only unreserved characters stay. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function signingKey({ secretAccessKey, region, service }: AwsCredentials, now: Date): Buffer {
  const dateKey = hmac(`AWS4${secretAccessKey}`, timestamp(now).slice(0, 8));
  return [region, service, 'aws4_request'].reduce(hmac, dateKey);
}

function scope({ region, service }: AwsCredentials, now: Date): string {
  return `${timestamp(now).slice(0, 8)}/${region}/${service}/aws4_request`;
}

/** `20130524T000000Z` */
function timestamp(now: Date): string {
  return now.toISOString().replace(/[-:]|\.\d+/g, '');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
