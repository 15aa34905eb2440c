import type { CpiCallRecord, CpiClient } from '@boti/cpi-client';
import type { Clouds } from '../deploy/context.ts';
import { CpiNotFound } from '../errors.ts';

/** The CPIs that this Director may use, by name; '' is the default one. */
export interface CpiClients {
  client(cpi: string): CpiClient;
}

export interface CallScope {
  readonly signal: AbortSignal;
  readonly cpiLog: { write(text: string): void };
}

export function singleCpi(client: CpiClient): CpiClients {
  return {
    client(cpi) {
      if (cpi !== '') throw new CpiNotFound(`CPI '${cpi}' not found in cpi-config`);
      return client;
    },
  };
}

/** The clouds as one task uses them: calls end with the task, and are written to its cpi log. */
export function cloudsFor(clients: CpiClients, { signal, cpiLog }: CallScope): Clouds {
  return {
    of: (cpi, call = {}) =>
      clients.client(cpi).cloud({
        signal,
        onCall: (record) => cpiLog.write(formatCall(record)),
        ...(call.stemcellApiVersion == null ? {} : { stemcellApiVersion: call.stemcellApiVersion }),
        ...(call.creationId === undefined ? {} : { creationId: call.creationId }),
      }),
  };
}

function formatCall({ requestId, method, request, response, log, stderr, durationMs }: CpiCallRecord): string {
  const lines = [
    `[${requestId}] request: ${request}`,
    `[${requestId}] response (${method}, ${Math.round(durationMs)} ms): ${response}`,
    ...(log.trim() === '' ? [] : [`[${requestId}] log: ${log.trimEnd()}`]),
    ...(stderr.trim() === '' ? [] : [`[${requestId}] stderr: ${stderr.trimEnd()}`]),
  ];
  return `${lines.join('\n')}\n`;
}
