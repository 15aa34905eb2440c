import assert from 'node:assert/strict';
import { test } from 'node:test';
import { presignAwsUrl, signAwsRequest } from './sign-aws-request.ts';

// The examples of AWS's own documentation of Signature Version 4 for S3, with the keys and times given there.
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 's3',
};
const now = new Date('2013-05-24T00:00:00Z');
const emptyPayload = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function signatureOf(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  payload = emptyPayload,
): string {
  const url = new URL(path, 'https://examplebucket.s3.amazonaws.com');
  const { authorization = '' } = signAwsRequest({ method, url, headers, payload }, credentials, now);
  return /Signature=(.*)$/.exec(authorization)?.[1] ?? '';
}

test('GET of an object with a range', () => {
  assert.equal(
    signatureOf('GET', '/test.txt', { range: 'bytes=0-9' }),
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
});

test('PUT of an object whose name needs escaping', () => {
  const headers = { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' };
  const payload = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072';
  assert.equal(
    signatureOf('PUT', '/test$file.text', headers, payload),
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  );
});

test('GET with a query that has no value', () => {
  assert.equal(signatureOf('GET', '/?lifecycle'), 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543');
});

test('GET with several query parameters', () => {
  assert.equal(
    signatureOf('GET', '/?max-keys=2&prefix=J'),
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  );
});

test('a presigned URL', () => {
  const url = new URL('https://examplebucket.s3.amazonaws.com/test.txt');
  const presigned = new URL(presignAwsUrl({ method: 'GET', url, seconds: 86_400 }, credentials, now));
  assert.equal(
    presigned.searchParams.get('X-Amz-Signature'),
    'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  );
});
