import { type Logger, messageOf } from '@boti/core';
import type { z } from 'zod';
import type { AgentOptions } from './agent-settings.ts';
import { callLog } from './call-log.ts';
import { CloudError } from './cloud-error.ts';
import { type CloudPropertySchemas, checkCloudProperties } from './cloud-properties.ts';
import { type RawConfig, resolveConfig } from './config.ts';
import type { Cloud, CpiInfo } from './contract.ts';
import { wireMethods } from './methods.ts';
import { redactSecrets, secretsOfCall } from './redact-secrets.ts';
import { type CpiRequest, type CpiResponse, cpiRequestSchema, maxApiVersion, toWireError } from './wire.ts';

/** What a call is made in. */
export interface CpiContext {
  readonly directorUuid: string;
  readonly requestId: string;
  /** Contract version of this call. */
  readonly apiVersion: number;
  /** api_version of the VM's stemcell, when the caller knows it. */
  readonly stemcellApiVersion: number | undefined;
  /** The caller's name for what this create_* call makes; `findCreation` must know it. Absent when callers have none. */
  readonly creationId: string | undefined;
  /** What agents need: message bus, NTP servers, blobstore. */
  readonly agent: AgentOptions;
  readonly logger: Logger;
  /** Aborted when the caller cancels the call or ends the process: clean up and throw. */
  readonly signal: AbortSignal;
}

/** A CPI: all that `serveCpi` needs. */
export interface CpiDefinition<Config> {
  /** Key of this cloud's properties in cpi.json: `cloud.properties.<name>`. */
  readonly name: string;
  /** Schema of the properties, as they stand in cpi.json or come with each call from the Director's cpi config. */
  readonly config: z.ZodType<Config>;
  readonly stemcellFormats: readonly string[];
  /** The cloud for one call; disposed after it when it can be. Should not connect before a method needs it. */
  open(config: Config, context: CpiContext): Promise<Cloud & Partial<AsyncDisposable>>;
  /** Checked before each create_* call and update_disk; printed by the command `docs`. */
  readonly cloudProperties?: CloudPropertySchemas;
  /** Further subcommands of the executable, for operators. They print to stdout. */
  readonly commands?: Readonly<Record<string, CpiCommand<Config>>>;
}

/** A subcommand of a CPI executable, for operators. What it throws is printed to stderr and ends the process with 1. */
export type CpiCommand<Config> = (
  config: Config,
  context: { readonly logger: Logger; readonly signal: AbortSignal; print(line: string): void },
) => Promise<void>;

/** What a call is answered with: the configuration file, the end of the call, and where its log lines go as they come. */
export interface DispatchOptions {
  readonly file: RawConfig;
  readonly signal: AbortSignal;
  readonly stderr: (text: string) => void;
}

/**
 * Answers one request. Never throws: every failure is in the response. Secrets that the call was given are struck out of
 * its log and its error.
 */
export async function dispatch<Config>(
  definition: CpiDefinition<Config>,
  body: unknown,
  options: DispatchOptions,
): Promise<CpiResponse> {
  let secrets: readonly string[] = [];
  const clean = (message: string): string => redactSecrets(message, secrets);
  const { logger, text } = callLog(options.stderr, clean);
  try {
    const request = parseRequest(body);
    secrets = secretsOfCall(request, options.file);
    const result = await run(definition, request, { ...options, logger });
    return { result: result ?? null, error: null, log: text() };
  } catch (error) {
    const failure = options.signal.aborted && !(error instanceof CloudError) ? cancelled(error) : error;
    const wire = toWireError(failure);
    if (wire.type === 'Unknown') logger.error('Unexpected failure', { error: failure });
    return { result: null, error: { ...wire, message: clean(wire.message) }, log: text() };
  }
}

function cancelled(cause: unknown): CloudError {
  return new CloudError('CloudError', `The call was cancelled: ${messageOf(cause)}`, { cause });
}

/** A request as the contract says; throws CpiError with every problem otherwise. */
export function parseRequest(body: unknown): CpiRequest {
  const parsed = cpiRequestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`);
  throw new CloudError('CpiError', `Request is not as the CPI contract says: ${problems.join('; ')}`);
}

async function run<Config>(
  definition: CpiDefinition<Config>,
  request: CpiRequest,
  options: DispatchOptions & { readonly logger: Logger },
): Promise<unknown> {
  const apiVersion = request.api_version ?? 1;
  const wireMethod = Object.hasOwn(wireMethods, request.method) ? wireMethods[request.method] : undefined;
  if (apiVersion > maxApiVersion) {
    throw new CloudError(
      'NotImplemented',
      `CPI API version ${apiVersion} is not known, the newest is ${maxApiVersion}`,
    );
  }
  if (request.method === 'ping') return 'pong';
  if (wireMethod === undefined && request.method !== 'info') {
    throw new CloudError('NotImplemented', `Method '${request.method}' is not part of the CPI contract`);
  }
  const { config, agent } = resolveConfig(definition.config, options.file, request.context);
  const context = callContext(request, apiVersion, agent, options);
  context.logger.debug(request.method);

  const cloud = await definition.open(config, context);
  try {
    if (wireMethod === undefined) return info(definition, cloud);
    if (cloud[wireMethod.cloudMethod] === undefined) {
      throw new CloudError('NotImplemented', `The CPI '${definition.name}' does not implement '${request.method}'`);
    }
    checkCloudProperties(definition.cloudProperties ?? {}, request.method, request.arguments);
    return await wireMethod.run(cloud as Required<Cloud>, request.arguments, apiVersion);
  } finally {
    await cloud[Symbol.asyncDispose]?.();
  }
}

function callContext(
  request: CpiRequest,
  apiVersion: number,
  agent: AgentOptions,
  options: DispatchOptions & { readonly logger: Logger },
): CpiContext {
  const requestId = request.context.request_id ?? '';
  return {
    directorUuid: request.context.director_uuid,
    requestId,
    apiVersion,
    stemcellApiVersion: request.context.vm?.stemcell?.api_version,
    creationId: request.context.boti_creation,
    agent,
    logger: requestId === '' ? options.logger : options.logger.with({ request_id: requestId }),
    signal: options.signal,
  };
}

function info<Config>(definition: CpiDefinition<Config>, cloud: Cloud): CpiInfo {
  const extensions = [
    'serve',
    'cancel',
    ...(cloud.consoleLog === undefined ? [] : ['console_log']),
    ...(cloud.findCreation === undefined ? [] : ['journal']),
    ...(cloud.list === undefined ? [] : ['list']),
  ];
  return { stemcell_formats: definition.stemcellFormats, api_version: maxApiVersion, boti: { extensions } };
}
