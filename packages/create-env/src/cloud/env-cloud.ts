import { randomUUID } from 'node:crypto';
import { ExpectedError } from '@boti/core';
import { type CpiCallRecord, type Deadlines, openCpi, undoCreation } from '@boti/cpi-client';
import { type Cloud, CloudError, type CpiInfo } from '@boti/cpi-sdk';
import type { InstalledCpi } from '../install/install-cpi.ts';
import type { CreationRecord, DeploymentState } from '../state/deployment-state.ts';
import type { StateFile } from '../state/state-file.ts';

/** The cloud as the installed CPI offers it; what it makes is on record before it is made. */
export interface EnvCloud extends AsyncDisposable {
  readonly calls: Required<Cloud>;
  readonly info: CpiInfo;
  /** Has the CPI make something and stores what came of it in one step with its record. */
  create<Made>(creation: NewCreation<Made>): Promise<Made>;
  /** Removes what a run that was killed had asked for. `warn` is told what the CPI cannot tell. */
  recover(warn: (text: string) => void): Promise<void>;
}

export interface NewCreation<Made> {
  readonly kind: CreationRecord['kind'];
  /** A VM's is its agent id. */
  readonly id?: string;
  readonly make: (cloud: Required<Cloud>) => Promise<Made>;
  readonly store: (made: Made) => Partial<DeploymentState>;
}

export interface EnvCloudOptions {
  readonly cpi: InstalledCpi;
  readonly state: StateFile;
  /** Of the stemcell that VMs are made from. */
  readonly stemcellApiVersion: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly onCall?: (record: CpiCallRecord) => void;
  readonly deadlines?: Deadlines;
}

// BOSH: bosh-cli cloud/cpi_cmd_runner.go: all that a CPI sees, unless BOSH_CPI_USE_ISOLATED_ENV is false.
const searchPath = '/usr/local/bin:/usr/bin:/bin:/sbin';
const neededVersion = 2;

export async function openEnvCloud(options: EnvCloudOptions): Promise<EnvCloud> {
  const { cpi, state, environment, signal, stemcellApiVersion, onCall, deadlines } = options;
  await using undo = new AsyncDisposableStack();
  const own = { BOSH_PACKAGES_DIR: cpi.dirs.packages, BOSH_JOBS_DIR: cpi.dirs.jobs, PATH: searchPath };
  const inherited = environment.BOSH_CPI_USE_ISOLATED_ENV === 'false' ? definedOnly(environment) : {};
  const client = undo.use(
    openCpi({
      executable: cpi.executable,
      directorUuid: state.state.director_id,
      env: { ...inherited, ...own },
      isolatedEnv: true,
      maxApiVersion: neededVersion,
      ...(deadlines && { deadlines }),
    }),
  );
  const info = await client.info(signal);
  checkVersions(info, stemcellApiVersion);
  const context = { signal, stemcellApiVersion, ...(onCall && { onCall }) };
  const calls = client.cloud(context);
  undo.move();
  return {
    calls,
    info,
    create: (creation) =>
      createRecorded(state, creation, (creationId) => ({ ...client.cloud({ ...context, creationId }) })),
    recover: (warn) => recover(state, calls, warn),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

function definedOnly(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function checkVersions({ api_version: version = 1 }: CpiInfo, stemcellVersion: number): void {
  if (version < neededVersion) {
    throw new ExpectedError(`create-env requires a CPI v2.0 or greater, this one speaks version ${version}`, {
      hint: 'Take a newer release of the CPI.',
    });
  }
  if (stemcellVersion < neededVersion) {
    throw new ExpectedError(
      `create-env requires a stemcell whose api_version is 2 or greater, this one has ${stemcellVersion}`,
      { hint: 'Its agent would look for a registry, which no longer exists. Take a newer stemcell.' },
    );
  }
}

async function createRecorded<Made>(
  state: StateFile,
  { kind, id = randomUUID(), make, store }: NewCreation<Made>,
  cloudFor: (creationId: string) => Required<Cloud>,
): Promise<Made> {
  const creation = { id, kind };
  const cloud = cloudFor(id);
  await state.begin(creation);
  let made: Made;
  try {
    made = await make(cloud);
  } catch (error) {
    // A CPI that answers with an error of the contract has made nothing; after anything else nobody knows.
    if (error instanceof CloudError && error.type !== 'Unknown') await state.finish(creation);
    throw error;
  }
  await state.finish(creation, store(made));
  return made;
}

async function recover(state: StateFile, cloud: Required<Cloud>, warn: (text: string) => void): Promise<void> {
  for (const creation of state.state.boti_creations ?? []) {
    if ((await undoCreation(cloud, creation)) === 'unknown') {
      const what = creation.kind === 'vm' ? `A VM whose agent id is '${creation.id}'` : `A ${creation.kind}`;
      warn(
        `${what} may be left on the cloud by a run that was cut short: the CPI keeps no journal. Look for it there and delete it.`,
      );
    }
    await state.finish(creation);
  }
}
