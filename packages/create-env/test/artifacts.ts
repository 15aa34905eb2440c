import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TarInput, writeTar } from '@boti/archive';
import { digestOf, digestOfFile } from '@boti/core';
import { dumpYaml } from '@boti/manifest';
import { writeStemcell } from '@boti/stemcell';

type Files = Readonly<Record<string, string>>;

export interface TestJob {
  readonly name: string;
  readonly packages?: readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Destination → ERB. */
  readonly templates: Files;
}

export interface TestPackage {
  readonly name: string;
  readonly dependencies?: readonly string[];
  readonly files: Files;
}

export interface TestRelease {
  readonly name: string;
  readonly version?: string;
  readonly jobs: readonly TestJob[];
  readonly packages?: readonly TestPackage[];
}

/** Writes a release tarball as `create-release` would. */
export async function writeTestRelease(path: string, release: TestRelease): Promise<void> {
  const { name, version = '1', jobs, packages = [] } = release;
  const work = `${path}.parts`;
  await mkdir(join(work, 'jobs'), { recursive: true });
  await mkdir(join(work, 'packages'), { recursive: true });
  const members: TarInput[] = [];
  const add = async (folder: string, part: string, files: Files): Promise<{ sha1: string; fingerprint: string }> => {
    const archive = join(work, folder, `${part}.tgz`);
    await writeTar(archive, tarOf(files), { gzip: true });
    members.push({ name: `${folder}/${part}.tgz`, content: { path: archive } });
    return { sha1: await digestOfFile(archive), fingerprint: digestOf(JSON.stringify(files)).replace('sha256:', '') };
  };
  const jobEntries = [];
  for (const job of jobs) {
    const parts = await add('jobs', job.name, jobFiles(job));
    jobEntries.push({ name: job.name, version: parts.fingerprint, ...parts, packages: job.packages ?? [] });
  }
  const packageEntries = [];
  for (const { name: own, dependencies = [], files } of packages) {
    const parts = await add('packages', own, files);
    packageEntries.push({ name: own, version: parts.fingerprint, ...parts, dependencies });
  }
  const manifest = {
    name,
    version,
    commit_hash: 'x',
    uncommitted_changes: false,
    jobs: jobEntries,
    packages: packageEntries,
  };
  await writeTar(path, [{ name: 'release.MF', content: { bytes: dumpYaml(manifest) } }, ...members], { gzip: true });
}

function jobFiles({ name, packages = [], properties = {}, templates }: TestJob): Files {
  const sources = Object.keys(templates).map((destination, index) => [`t${index}.erb`, destination] as const);
  const spec = { name, templates: Object.fromEntries(sources), packages, properties };
  return {
    'job.MF': dumpYaml(spec),
    monit: '',
    ...Object.fromEntries(
      sources.map(([source, destination]) => [`templates/${source}`, templates[destination] ?? '']),
    ),
  };
}

function tarOf(files: Files): TarInput[] {
  return Object.entries(files).map(([name, bytes]) => ({ name, content: { bytes } }));
}

export async function writeTestStemcell(
  path: string,
  {
    version,
    apiVersion = 2,
    formats,
  }: { readonly version: string; readonly apiVersion?: number; readonly formats?: readonly string[] },
): Promise<void> {
  const image = `${path}.image`;
  await writeTar(image, [{ name: 'root', content: { bytes: `root of ${version}` } }], { gzip: true });
  await writeStemcell(path, {
    image: { path: image },
    manifest: {
      name: 'tiny-stemcell',
      version,
      operatingSystem: 'tiny',
      apiVersion,
      formats: formats ?? ['dummy'],
      cloudProperties: { disk: 100, infra: 'tiny' },
      boshProtocol: undefined,
    },
  });
}
