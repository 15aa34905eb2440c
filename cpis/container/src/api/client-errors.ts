import { errnoOf, messageOf } from '@boti/core';
import { CloudError } from '@boti/cpi-sdk';
import type { RemoteConfig } from '../config.ts';

/** Nothing came back. */
export function noAnswer({ url }: RemoteConfig, cause: unknown): CloudError {
  const hint = hintFor(errnoOf(cause) ?? '');
  return new CloudError('CloudError', `The container cloud at ${url} gave no answer: ${messageOf(cause)}`, {
    ...(hint !== undefined && { hint }),
    cause,
  });
}

function hintFor(code: string): string | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return "Its certificate is not for this address: correct 'url', or issue a certificate that names it.";
  }
  if (code === 'CERT_HAS_EXPIRED') return 'Renew the certificate of the API and start it again.';
  if (code === 'CERT_NOT_YET_VALID') return 'Compare the clocks of both machines.';
  if (/CERT|SIGNATURE|SIGNED/.test(code)) {
    return "Its certificate does not come from 'ca': take 'ca' from the machine where the cloud is.";
  }
  if (['ECONNREFUSED', 'EHOSTUNREACH', 'ETIMEDOUT', 'ENOTFOUND'].includes(code)) {
    return "Is its API running there ('boti cloud up'), and does it listen on an address that can be reached from here?";
  }
  return undefined;
}

/** Something else than a CPI's answer came back. */
export function refused({ url }: RemoteConfig, status: number, body: string): CloudError {
  const what = `The container cloud at ${url} answered with status ${status}: ${reasonIn(body)}`;
  if (status === 401) {
    return new CloudError('CpiError', what, { hint: "Correct 'token': it is among 'api.tokens' where the cloud is." });
  }
  return new CloudError('CloudError', what, {
    ...(status === 503 && { hint: "Try again later, or raise 'api.maxCalls' where the cloud is." }),
  });
}

function reasonIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    if (typeof error === 'string') return error;
  } catch {
    // No JSON: shown as it is.
  }
  return body.slice(0, 200);
}
