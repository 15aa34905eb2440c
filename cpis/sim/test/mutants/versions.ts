import { failed, inMethods, inResults, type Mutant } from './mutant.ts';

/** Negotiation, and results by version. */
export const versionMutants: readonly Mutant[] = [
  {
    name: 'create-vm-list-in-v1',
    bug: 'create_vm answers [cid, networks] in version 1 too.',
    call: inResults(['create_vm'], (result, { apiVersion, args }) => (apiVersion === 1 ? [result, args[3]] : result)),
  },
  {
    name: 'create-vm-text-in-v2',
    bug: 'create_vm answers the cid alone in version 2.',
    call: inResults(['create_vm'], (result, { apiVersion }) => (apiVersion === 2 ? (result as unknown[])[0] : result)),
  },
  {
    name: 'create-vm-without-networks',
    bug: 'create_vm answers [cid], without networks.',
    call: inResults(['create_vm'], (result) => (Array.isArray(result) ? result.slice(0, 1) : result)),
  },
  {
    name: 'no-hint-in-v2',
    bug: 'attach_disk answers null in version 2.',
    call: inResults(['attach_disk'], (result, { apiVersion }) => (apiVersion === 2 ? null : result)),
  },
  {
    name: 'empty-hint',
    bug: 'attach_disk answers an empty object for a disk hint.',
    call: inResults(['attach_disk'], (result, { apiVersion }) => (apiVersion >= 2 ? {} : result)),
  },
  {
    name: 'hint-in-v1',
    bug: 'attach_disk answers a hint in version 1.',
    call: inResults(['attach_disk'], (result, { apiVersion, args }) =>
      apiVersion === 1 ? `/dev/${String(args[1])}` : result,
    ),
  },
  {
    name: 'info-version-as-text',
    bug: 'info answers api_version as a text.',
    call: inResults(['info'], (result) => ({ ...(result as object), api_version: '3' })),
  },
  {
    name: 'formats-as-text',
    bug: 'info answers stemcell_formats as one text with commas.',
    call: inResults(['info'], (result) => ({ ...(result as object), stemcell_formats: 'sim,warden-tar' })),
  },
  {
    name: 'newest-by-default',
    bug: 'A request without api_version is answered in the newest version.',
    call: ({ next, request }) => next({ api_version: request.api_version ?? 3 }),
  },
  {
    name: 'future-version-accepted',
    bug: 'A request of version 99 is answered as one of version 3.',
    call: ({ next, apiVersion, request }) => next({ api_version: apiVersion > 3 ? 3 : request.api_version }),
  },
  {
    name: 'tags-refused',
    bug: 'create_stemcell takes two arguments in version 3 too.',
    call: inMethods(['create_stemcell'], async ({ args, next }) =>
      args.length > 2 ? failed('CpiError', 'create_stemcell: expected 2 arguments, got 3') : await next(),
    ),
  },
  {
    name: 'extension-not-there',
    bug: 'info lists console_log, which the CPI does not have.',
    call: inMethods(['console_log'], async () => failed('NotImplemented', 'console_log is not implemented')),
  },
  {
    name: 'needs-stemcell-version',
    bug: 'Calls without vm.stemcell.api_version in their context fail.',
    call: async ({ next, request, method }) =>
      method !== 'info' && request.context.vm?.stemcell?.api_version === undefined
        ? failed('CpiError', 'context: vm.stemcell.api_version is missing')
        : await next(),
  },
  {
    name: 'needs-request-id',
    bug: 'Calls without request_id in their context fail.',
    call: async ({ next, request }) =>
      request.context.request_id === undefined ? failed('CpiError', 'context: request_id is missing') : await next(),
  },
];
