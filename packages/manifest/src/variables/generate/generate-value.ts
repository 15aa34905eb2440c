import { closest, ExpectedError } from '@boti/core';
import type { YamlValue } from '../../yaml/yaml-value.ts';
import type { VariableDefinition } from '../variable-definitions.ts';

/** Answers the value of another variable (a CA), generating it first if need be. */
export type LookUpVariable = (name: string) => Promise<YamlValue | undefined>;

type Generator = (options: YamlValue, lookUp: LookUpVariable) => YamlValue | Promise<YamlValue>;

// Loaded when needed: the libraries take longer to load than most commands to run.
const generators: Readonly<Record<string, Generator>> = {
  password: async (options) => (await import('./generate-password.ts')).generatePassword(options),
  certificate: async (options, lookUp) =>
    (await import('./generate-certificate.ts')).generateCertificate(options, lookUp),
  rsa: async () => (await import('./generate-keys.ts')).generateRsa(),
  user: async (options) => (await import('./generate-user.ts')).generateUser(options),
  ssh: async () => (await import('./generate-keys.ts')).generateSsh(),
};

/** Makes a new value of the definition's type. */
export async function generateValue({ type, options }: VariableDefinition, lookUp: LookUpVariable): Promise<YamlValue> {
  const generate = Object.hasOwn(generators, type) ? generators[type] : undefined;
  if (generate !== undefined) return await generate(options, lookUp);
  const guess = closest(type, Object.keys(generators));
  const suggestion = guess === undefined ? '' : `; did you mean '${guess}'?`;
  throw new ExpectedError(
    `unsupported value type '${type}', known are ${Object.keys(generators).join(', ')}${suggestion}`,
  );
}
