import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { ExpectedError, messageOf } from '@boti/core';
import { decodeText } from '../yaml/decode-text.ts';
import type { YamlValue } from '../yaml/yaml-value.ts';
import {
  type Assignment,
  collectVariables,
  parseVarFileFlag,
  parseVarFlag,
  parseVarsEnv,
  parseVarsFile,
} from './static-variables.ts';

/** The flags that give variables, each as often as on the command line. */
export interface VariableFlags {
  /** `--vars-env PREFIX` */
  readonly varsEnv?: readonly string[];
  /** `--vars-file PATH` */
  readonly varsFile?: readonly string[];
  /** `--var-file NAME=PATH` */
  readonly varFile?: readonly string[];
  /** `--var NAME=VALUE` */
  readonly var?: readonly string[];
}

/** Reads all variables that flags give. Kinds win in this order: var, var-file, vars-file, vars-env. */
export async function readVariables(
  flags: VariableFlags,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ReadonlyMap<string, YamlValue>> {
  const assignments: Assignment[] = [];
  for (const prefix of flags.varsEnv ?? []) assignments.push(...parseVarsEnv(prefix, environment));
  for (const path of flags.varsFile ?? []) {
    assignments.push(...parseVarsFile(await readInput(path, 'Variables file'), path));
  }
  for (const flag of flags.varFile ?? []) {
    const { name, path } = parseVarFileFlag(flag);
    const bytes = await readBytes(path, `The file of var '${name}'`);
    // Upstream writes what is no text as !!binary.
    assignments.push([name, isUtf8(bytes) ? bytes.toString('utf8') : new Uint8Array(bytes)]);
  }
  assignments.push(...(flags.var ?? []).map(parseVarFlag));
  return collectVariables(assignments);
}

/** A file's text; the error says which file of what kind cannot be read. */
export async function readInput(path: string, what: string): Promise<string> {
  return decodeText(await readBytes(path, what), path);
}

async function readBytes(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ExpectedError(`${what} '${path}' cannot be read: ${messageOf(cause)}`, { cause });
  }
}
