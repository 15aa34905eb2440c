import { closest, ExpectedError } from '@boti/core';
import type { YamlValue } from '../../yaml/yaml-value.ts';
import type { VariableDefinition } from '../variable-definitions.ts';
import { generateRsa, generateSsh } from './generate-keys.ts';
import { generatePassword } from './generate-password.ts';

/** Answers the value of another variable (a CA), generating it first if need be. */
export type LookUpVariable = (name: string) => Promise<YamlValue | undefined>;

type Generator = (options: YamlValue, lookUp: LookUpVariable) => YamlValue | Promise<YamlValue>;

const generators: Readonly<Record<string, Generator>> = {
  password: generatePassword,
  // Loaded when needed: the X.509 library takes longer to load than most commands to run.
  certificate: async (options, lookUp) =>
    (await import('./generate-certificate.ts')).generateCertificate(options, lookUp),
  rsa: generateRsa,
  ssh: generateSsh,
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
