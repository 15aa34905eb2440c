import { type Clock, ExpectedError, systemClock } from '@boti/core';
import { z } from 'zod';
import type { Blobstore } from './blobstore.ts';
import { type HttpVerb, httpBlobstore } from './http-blobstore.ts';
import { objectPath } from './object-path.ts';
import { openConnections } from './send-request.ts';
import { type AwsCredentials, presignAwsUrl, signAwsRequest, unsignedPayload } from './sign-aws-request.ts';

/** Named as upstream's s3 client reads them. */
export const s3Options = z.object({
  bucket_name: z.string(),
  /** `none`: the bucket is public and only read. */
  credentials_source: z.enum(['static', 'none']).default('static'),
  access_key_id: z.string().optional(),
  secret_access_key: z.string().optional(),
  region: z.string().default('us-east-1'),
  host: z.string().optional(),
  port: z.number().int().optional(),
  use_ssl: z.boolean().default(true),
  ssl_verify_peer: z.boolean().default(true),
  /** `virtual`: bucket.host/key, otherwise host/bucket/key. */
  host_style: z.enum(['virtual', 'path']).optional(),
  folder_name: z.string().optional(),
});
export type S3Options = z.input<typeof s3Options>;

/** Experimental: its signatures are AWS's published ones, but it has not met every S3 server. */
export function s3Blobstore(input: S3Options, clock: Clock = systemClock): Blobstore {
  const options = s3Options.parse(input);
  const credentials = credentialsOf(options);
  const urlOf = (id: string): URL => new URL([...base(options), options.folder_name, id].filter(Boolean).join('/'));
  return httpBlobstore({
    where: `the bucket '${options.bucket_name}'`,
    attempts: 3,
    connections: openConnections(options.ssl_verify_peer ? {} : { rejectUnauthorized: false }),
    address(verb: HttpVerb, id: string) {
      objectPath(id); // refuses what is no id
      const url = urlOf(id);
      if (credentials === undefined) return { url: url.href, headers: {} };
      const request = { method: verb, url, headers: {}, payload: unsignedPayload };
      return { url: url.href, headers: signAwsRequest(request, credentials, clock.now()) };
    },
    signedUrl(id, verb, seconds) {
      if (credentials === undefined) return undefined;
      return presignAwsUrl({ method: verb, url: urlOf(id), seconds }, credentials, clock.now());
    },
    agentSettings({ signedUrls = false } = {}) {
      if (!signedUrls) return { provider: 's3', options };
      const { access_key_id: _id, secret_access_key: _key, credentials_source: _source, ...rest } = options;
      return { provider: 's3', options: rest };
    },
  });
}

type ParsedS3Options = z.output<typeof s3Options>;

function credentialsOf(options: ParsedS3Options): AwsCredentials | undefined {
  if (options.credentials_source === 'none') return undefined;
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, region } = options;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { accessKeyId, secretAccessKey, region, service: 's3' };
  }
  throw new ExpectedError(`The bucket '${options.bucket_name}' has no access_key_id or secret_access_key`, {
    hint: "Give both, or set credentials_source to 'none' for a public bucket that is only read.",
  });
}

/** Scheme with host, then the bucket unless it is part of the host. */
function base(options: ParsedS3Options): readonly string[] {
  const { bucket_name: bucket, host, port, use_ssl: useSsl, region } = options;
  const style = options.host_style ?? (host === undefined ? 'virtual' : 'path');
  const server = host ?? `s3.${region}.amazonaws.com`;
  const origin = `${useSsl ? 'https' : 'http'}://${style === 'virtual' ? `${bucket}.` : ''}${server}`;
  return [port === undefined ? origin : `${origin}:${port}`, ...(style === 'virtual' ? [] : [bucket])];
}
