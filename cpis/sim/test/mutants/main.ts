import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import {
  CloudError,
  type CpiRequest,
  type CpiResponse,
  parseRequest,
  readConfig,
  serveLines,
  toWireError,
} from '@boti/cpi-sdk';
import { Forwarder } from '../../src/forward.ts';
import { mutants } from './index.ts';
import type { Mutant, MutantCall } from './mutant.ts';

const { values, positionals } = parseArgs({
  options: { mutant: { type: 'string' }, config: { type: 'string' }, list: { type: 'boolean', default: false } },
  allowPositionals: true,
});
if (values.list) {
  const list = mutants.map(({ name, bug, needsBus = false }) => ({ name, bug, needsBus }));
  process.stdout.write(`${JSON.stringify(list, null, 2)}\n`);
  process.exit();
}
// `none`: so that what is told of a mutant can be told apart from what this program itself does otherwise than the CPI.
const none: Mutant = { name: 'none', bug: 'None.' };
const mutant = values.mutant === 'none' ? none : mutants.find(({ name }) => name === values.mutant);
if (mutant === undefined) {
  process.stderr.write(`There is no mutant '${values.mutant}'; --list tells those that there are\n`);
  process.exit(1);
}
mutant.start?.();
const file = await readConfig(values.config, 'sim');
const forwarder = new Forwarder();
const isServe = positionals[0] === 'serve';
const end = endSignal(mutant.sigterm);
process.stdout.on('error', () => undefined);
if (isServe) await serve(mutant);
else await answerOne(mutant);
process.stdout.write('', () => process.exit());

function endSignal(sigterm: Mutant['sigterm']): AbortSignal {
  const controller = new AbortController();
  if (sigterm !== 'deadly')
    process.on('SIGTERM', () => sigterm === undefined && controller.abort(new Error('SIGTERM')));
  return controller.signal;
}

/** As the clean CPI, which does not wait for the rest of a request after SIGTERM. */
function readAll(stdin: NodeJS.ReadStream): Promise<string> {
  return text(addAbortSignal(end, stdin));
}

async function answerOne({ read = readAll, response: edit, print }: Mutant): Promise<void> {
  const { response, method } = await readAndAnswer(read);
  const line = `${JSON.stringify(edit?.(response) ?? response)}\n`;
  process.stdout.write(print?.(line, { method, isServe }) ?? line);
}

async function readAndAnswer(
  read: NonNullable<Mutant['read']>,
): Promise<{ readonly response: CpiResponse; readonly method: string }> {
  try {
    const request: unknown = JSON.parse(await read(process.stdin));
    return { response: await answer(request, end), method: String((request as { method?: unknown })?.method) };
  } catch (cause) {
    const error = toWireError(new CloudError('CpiError', 'stdin is no JSON', { cause }));
    return { response: { result: null, error, log: '' }, method: '' };
  }
}

async function serve({ serve: run = serveLines, response: edit, print }: Mutant): Promise<void> {
  const methods = new Map<unknown, string>();
  await run({
    input: process.stdin,
    write: (line) => process.stdout.write(print?.(line, { method: methodOf(line, methods), isServe }) ?? line),
    signal: end,
    answer: async (body, signal) => {
      const { id, method } = body as { readonly id: unknown; readonly method: unknown };
      methods.set(id, String(method));
      const response = await answer(body, signal);
      return (edit?.(response) ?? response) as CpiResponse;
    },
  });
}

function methodOf(line: string, methods: ReadonlyMap<unknown, string>): string {
  const { id } = JSON.parse(line) as { readonly id?: unknown };
  return methods.get(id) ?? '';
}

/** The answer with the bug; what is no request is answered as the clean CPI does. */
async function answer(body: unknown, signal: AbortSignal): Promise<CpiResponse> {
  try {
    const request = parseRequest(body);
    if (mutant?.call === undefined) return await forwarder.answer(body, { file, signal });
    return await mutant.call(mutantCall(request, signal));
  } catch (error) {
    if (!signal.aborted && !(error instanceof CloudError)) process.stderr.write(`${String(error)}\n`);
    return { result: null, error: toWireError(error), log: '' };
  }
}

function mutantCall(request: CpiRequest, signal: AbortSignal): MutantCall {
  const { id: _id, ...clean } = request;
  const next: MutantCall['next'] = (changes = {}) => forwarder.answer({ ...clean, ...changes }, { file, signal });
  return {
    request,
    method: request.method,
    args: request.arguments,
    apiVersion: request.api_version ?? 1,
    signal,
    isServe,
    dir: join(String(request.context.stateDir ?? file.properties.stateDir), 'mutant'),
    next,
    ask: async (method, ...args) => {
      const { boti_creation: _creation, ...context } = request.context;
      const { result, error } = await next({ method, arguments: args, context, api_version: 3 });
      return error === null ? result : undefined;
    },
  };
}
