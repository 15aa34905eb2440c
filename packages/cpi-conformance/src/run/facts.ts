import { allVersions, type Extension, extensions, type Version } from '../rule.ts';
import { methods } from '../spec/methods.ts';
import type { Exchange } from '../target/exchange.ts';
import { shortType } from '../target/response-shape.ts';
import type { CpiFacts } from './run.ts';

type Ask = (method: string, args: readonly unknown[]) => Promise<Exchange>;

/** Asks `info`, and each method without arguments: what it then says of them does not matter, but NotImplemented does. */
export async function learnFacts(ask: Ask): Promise<{ readonly facts: CpiFacts; readonly infoExchange: Exchange }> {
  const infoExchange = await ask('info', []);
  const result = infoExchange.answer?.result;
  const info = (typeof result === 'object' && result !== null ? result : {}) as Readonly<Record<string, unknown>>;
  const listed = extensionsOf(info);
  return {
    infoExchange,
    facts: { info, versions: versionsOf(info), extensions: new Set(listed), methods: new Set() },
  };
}

/** Methods that the CPI has. `ask` should send no arguments. */
export async function learnMethods(listed: ReadonlySet<Extension>, ask: Ask): Promise<ReadonlySet<string>> {
  const candidates = methods.filter(({ extension }) => extension === undefined || listed.has(extension));
  const known = await Promise.all(
    candidates.map(async ({ name }) => {
      const { answer } = await ask(name, []);
      return isNotImplemented(answer?.error ?? null) ? [] : [name];
    }),
  );
  return new Set(known.flat());
}

/** Also in the spellings of old SDKs. Source: bosh bosh-director clouds/external_cpi.rb. */
export function isNotImplemented(error: { readonly type: string; readonly message: string } | null): boolean {
  if (error === null) return false;
  const type = shortType(error.type);
  if (type === 'NotImplemented') return true;
  if (type === 'InvalidCall') return error.message.startsWith('Method is not known, got');
  return type === 'CloudError' && error.message.startsWith('Invalid Method:');
}

function versionsOf({ api_version: newest }: Readonly<Record<string, unknown>>): readonly Version[] {
  const limit = typeof newest === 'number' ? newest : 1;
  return allVersions.filter((version) => version <= Math.max(1, limit));
}

function extensionsOf({ boti }: Readonly<Record<string, unknown>>): readonly Extension[] {
  const listed = (boti as { readonly extensions?: unknown } | undefined)?.extensions;
  return Array.isArray(listed) ? extensions.filter((name) => listed.includes(name)) : [];
}
