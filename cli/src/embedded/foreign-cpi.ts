import { access, constants, mkdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ExpectedError, readIfThere, readJsonFile, writeFileAtomic } from '@boti/core';
import { z } from 'zod';
import type { BotiHome } from './boti-home.ts';
import { readCredentials } from './prepare-home.ts';

const foreignCpiSchema = z.object({ executable: z.string(), config: z.string().optional() });

/** A CPI that somebody else's cloud needs, in place of the container cloud that boti brings along. */
export type ForeignCpi = z.infer<typeof foreignCpiSchema>;

export interface WantedCpi {
  readonly cpi: string | undefined;
  readonly cpiConfig: string | undefined;
}

/** The CPI that an earlier `up` has chosen; undefined: the container cloud. */
export async function readForeignCpi(stateDir: string): Promise<ForeignCpi | undefined> {
  const known = await readIfThere(choiceFile(stateDir));
  return known === undefined ? undefined : foreignCpiSchema.parse(JSON.parse(known));
}

/** As asked for, and put on record. VMs are on that cloud, so only `down` undoes the choice. */
export async function chooseForeignCpi(home: BotiHome, { cpi, cpiConfig }: WantedCpi): Promise<ForeignCpi | undefined> {
  const known = await readForeignCpi(home.dir);
  if (cpi === undefined) {
    if (cpiConfig === undefined) return known;
    throw new ExpectedError("'--cpi-config' without '--cpi'", { hint: "Name the CPI's executable with '--cpi'." });
  }
  const wanted = {
    executable: await executablePath(cpi),
    ...(cpiConfig !== undefined && { config: resolve(cpiConfig) }),
  };
  const isNew = (await readCredentials(home)) === undefined;
  if (!isNew && wanted.executable !== known?.executable) {
    throw new ExpectedError(`The embedded Director uses ${known?.executable ?? 'the container cloud'} already`, {
      hint: "Take '--cpi' away, or run 'boti down' first.",
    });
  }
  await mkdir(home.dir, { recursive: true, mode: 0o711 });
  await writeFileAtomic(choiceFile(home.dir), `${JSON.stringify(wanted)}\n`, 0o600);
  return wanted;
}

/** The CPI's own configuration with the bus of this Director put in, in either of the two shapes that cpi.json has. */
export async function foreignCpiConfig({ config }: ForeignCpi, mbus: string): Promise<unknown> {
  if (config === undefined) return undefined;
  const file = configSchema.parse(await readJsonFile(config, 'configuration of the CPI'));
  const properties = file.cloud?.properties;
  if (properties === undefined) return { ...file, agent: { ...file.agent, mbus } };
  return { ...file, cloud: { ...file.cloud, properties: { ...properties, agent: { ...properties.agent, mbus } } } };
}

const withAgent = z.looseObject({ agent: z.looseObject({}).optional() });
const configSchema = withAgent.extend({ cloud: z.looseObject({ properties: withAgent }).optional() });

async function executablePath(path: string): Promise<string> {
  try {
    const found = await realpath(path);
    await access(found, constants.X_OK);
    return resolve(path);
  } catch (cause) {
    throw new ExpectedError(`The CPI ${path} cannot be run`, { cause, hint: 'Name an executable file.' });
  }
}

const choiceFile = (stateDir: string): string => join(stateDir, 'cpi-choice.json');
