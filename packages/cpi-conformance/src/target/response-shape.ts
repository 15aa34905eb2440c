import type { Answer, ShapeProblem } from './exchange.ts';

/** Error types that Directors know; not the SDK's list, which the kit judges too. Source: bosh bosh-director clouds/errors.rb, clouds/external_cpi.rb. */
export const errorTypes = [
  'CpiError',
  'NotImplemented',
  'NotSupported',
  'CloudError',
  'VMNotFound',
  'NetworkNotFound',
  'StemcellNotFound',
  'NoDiskSpace',
  'DiskNotAttached',
  'DiskNotFound',
  'VMCreationFailed',
] as const;
export type ErrorType = (typeof errorTypes)[number];

const retriable = ['NoDiskSpace', 'DiskNotAttached', 'DiskNotFound', 'VMCreationFailed'];
const prefix = 'Bosh::Clouds::';
const byteOrderMark = '\ufeff';

type Json = Readonly<Record<string, unknown>>;

/** The error's name without its prefix; the whole type where it has none. */
export function shortType(type: string): string {
  return type.startsWith(prefix) ? type.slice(prefix.length) : type;
}

export interface ReadResponse {
  readonly answer: Answer | undefined;
  readonly problems: readonly ShapeProblem[];
}

/** Reads what came on stdout as far as possible, and says what is wrong with its form (rules P1, P2, E1, E2). */
export function readResponse(stdout: string): ReadResponse {
  // A byte order mark counts as white space here, but not for JSON parsers.
  if (stdout.startsWith(byteOrderMark)) {
    const { answer, problems } = readResponse(stdout.slice(1));
    return { answer, problems: [{ rule: 'P1.1', problem: 'stdout begins with a byte order mark' }, ...problems] };
  }
  const text = stdout.trim();
  const json = parse(text);
  if (isJson(json)) return readObject(json);
  if (text === '') return { answer: undefined, problems: [{ rule: 'P1.1', problem: 'nothing came on stdout' }] };
  const problem = { rule: 'P1.1', problem: `stdout holds something else than one JSON object: ${start(text)}` };
  const lastLine = parse(text.split('\n').at(-1) ?? '');
  if (!isJson(lastLine)) return { answer: undefined, problems: [problem] };
  const { answer, problems } = readObject(lastLine);
  return { answer, problems: [problem, ...problems] };
}

function readObject(json: Json): ReadResponse {
  const missing = ['result', 'error', 'log'].filter((key) => !Object.hasOwn(json, key));
  const { error = null, log } = json;
  const problems: ShapeProblem[] = [
    ...missing.map((key) => ({ rule: 'P2.1', problem: `the response has no key '${key}'` })),
    ...(Object.hasOwn(json, 'log') && typeof log !== 'string'
      ? [{ rule: 'P2.4', problem: `'log' is ${kindOf(log)}, not a text` }]
      : []),
    ...(error === null ? [] : errorProblems(error, json.result)),
  ];
  const isError = isJson(error) && typeof error.type === 'string' && typeof error.message === 'string';
  const known = isError ? (error as unknown as NonNullable<Answer['error']>) : odd(error);
  return { answer: { result: json.result ?? null, error: known, log }, problems };
}

function odd(error: unknown): Answer['error'] {
  return error === null ? null : { type: '(no type)', message: JSON.stringify(error), ok_to_retry: undefined };
}

function errorProblems(error: unknown, result: unknown): readonly ShapeProblem[] {
  if (!isJson(error)) return [{ rule: 'P2.3', problem: `'error' is ${kindOf(error)}, neither null nor an object` }];
  const { type, message, ok_to_retry: retry } = error;
  const form: ShapeProblem[] = [];
  if (typeof type !== 'string') form.push({ rule: 'P2.3', problem: `'error.type' is ${kindOf(type)}, not a text` });
  if (typeof message !== 'string') form.push({ rule: 'P2.3', problem: `'error.message' is ${kindOf(message)}` });
  else if (message.trim() === '') form.push({ rule: 'P2.5', problem: "'error.message' is empty" });
  if (typeof retry !== 'boolean') form.push({ rule: 'P2.3', problem: `'error.ok_to_retry' is ${kindOf(retry)}` });
  if (result !== null && result !== undefined) {
    form.push({ rule: 'P2.2', problem: `'result' is ${start(JSON.stringify(result))} beside an error` });
  }
  return typeof type === 'string' ? [...form, ...typeProblems(type, retry)] : form;
}

function typeProblems(type: string, retry: unknown): readonly ShapeProblem[] {
  const name = shortType(type);
  const isKnown = type.startsWith(prefix) && (errorTypes as readonly string[]).includes(name);
  if (!isKnown) return [{ rule: 'E1.1', problem: `'error.type' is '${type}', which no Director knows` }];
  if (retry !== true || retriable.includes(name)) return [];
  return [{ rule: 'E2.1', problem: `ok_to_retry is true for ${name}` }];
}

export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value} (${start(JSON.stringify(value))})`;
}

function start(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 120)}…`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
