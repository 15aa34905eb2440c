import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { readIfThere } from '@boti/core';
import { manifestDigest } from '../src/manifest/parse-manifest.ts';
import { type DeploymentState, formatDeploymentState, parseDeploymentState } from '../src/state/deployment-state.ts';
import type { AgentScript } from './scripted-agent.ts';

/** An environment's state without its random ids. */
export interface BriefState {
  readonly vm: string;
  /** Cid of the current one, or empty. */
  readonly disk: string;
  readonly stemcell: string;
  readonly deployed: boolean;
  readonly disks: readonly (readonly [string, number, Readonly<Record<string, unknown>>])[];
  readonly stemcells: readonly (readonly [string, string, string, number])[];
  readonly releases: readonly (readonly [string, string])[];
}

interface CpiControl {
  readonly type?: string;
  readonly message?: string;
  readonly ok_to_retry?: boolean;
  readonly raw?: string;
  readonly exit?: number;
}

/** One run of upstream's CLI: what it was given, what it asked of CPI and agent, what came of it. */
export interface RecordedStep {
  readonly name: string;
  readonly args: readonly string[];
  /** Number of the manifest. */
  readonly manifest: number;
  /** How CPI and agent behaved. */
  readonly control: AgentScript & {
    readonly cpi?: Readonly<Record<string, CpiControl>>;
    readonly info?: object;
    readonly has_vm?: boolean;
  };
  readonly before?: BriefState;
  /** What the CPI's create_* and attach_* calls answered. */
  readonly answers: Readonly<Record<string, readonly unknown[]>>;
  readonly mounted?: readonly string[];
  readonly fails: boolean;
  /** What its error must name. */
  readonly words?: readonly string[];
  /** The recording was cut short at calls of this agent action. */
  readonly abortAt?: string;
  readonly cpi: readonly (readonly [string, readonly unknown[]])[];
  readonly agent: readonly (readonly [string, unknown])[];
  readonly state: BriefState | null;
}

export interface Recording {
  readonly manifests: readonly string[];
  readonly steps: readonly RecordedStep[];
}

export function readRecording(name: string): Recording {
  const url = new URL(`./fixtures/${name}.jsonl`, import.meta.url);
  const [head, ...steps] = readFileSync(url, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  return { manifests: (head as Recording).manifests, steps: steps as RecordedStep[] };
}

export async function writeState(path: string, brief: BriefState, deployedManifest: string): Promise<void> {
  const disks = brief.disks.map(([cid, size, properties]) => ({
    id: randomUUID(),
    cid,
    size,
    cloud_properties: { ...properties },
  }));
  const stemcells = brief.stemcells.map(([cid, name, version, apiVersion]) => ({
    id: randomUUID(),
    name,
    version,
    api_version: apiVersion,
    cid,
  }));
  const releases = brief.releases.map(([name, version]) => ({ id: randomUUID(), name, version }));
  const state: DeploymentState = {
    director_id: randomUUID(),
    installation_id: randomUUID(),
    current_vm_cid: brief.vm,
    current_stemcell_id: stemcells.find(({ cid }) => cid === brief.stemcell)?.id ?? '',
    current_disk_id: disks.find(({ cid }) => cid === brief.disk)?.id ?? '',
    current_release_ids: releases.map(({ id }) => id),
    current_manifest_sha: brief.deployed ? manifestDigest({ path: '', text: deployedManifest }) : '',
    disks,
    stemcells,
    releases,
  };
  await writeFile(path, formatDeploymentState(state));
}

/** Undefined when there is no file. */
export async function readBriefState(path: string): Promise<BriefState | null> {
  const json = await readIfThere(path);
  if (json === undefined) return null;
  const state = parseDeploymentState(json, path);
  return {
    vm: state.current_vm_cid,
    disk: state.disks.find(({ id }) => id === state.current_disk_id)?.cid ?? '',
    stemcell: state.stemcells.find(({ id }) => id === state.current_stemcell_id)?.cid ?? '',
    deployed: state.current_manifest_sha !== '',
    disks: state.disks.map(({ cid, size, cloud_properties: properties }) => [cid, size, properties]),
    stemcells: state.stemcells.map(({ cid, name, version, api_version: apiVersion }) => [
      cid,
      name,
      version,
      apiVersion ?? 1,
    ]),
    releases: state.releases.map(({ name, version }) => [name, version]),
  };
}

const masks: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, '<time>'],
  [/^.*\/image$/, '<image>'],
  [/\b[0-9a-f]{64}\b/, '<sha256>'],
  [/\b[0-9a-f]{40}\b/, '<sha1>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, '<uuid>'],
];

/** Takes out what differs from run to run, as the recordings were masked. */
export function mask(value: unknown): unknown {
  if (typeof value === 'string') return masks.reduce((text, [pattern, name]) => text.replace(pattern, name), value);
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mask(item)]));
}
