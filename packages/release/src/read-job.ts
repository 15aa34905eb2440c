import { posix } from 'node:path';
import { ArchiveInvalid, innerPath, readTar } from '@boti/archive';
import { type JobSpec, parseJobSpec } from './formats/job-spec.ts';
import { memberContent } from './read-release.ts';

export interface ReleaseJob {
  readonly spec: JobSpec;
  /** The ERB of the job's monit file. */
  readonly monit: string;
  /** Source path under templates/ → its ERB; exactly those that the spec names. */
  readonly templates: ReadonlyMap<string, string>;
  /** Further monit files of old releases (`worker.monit`): name without extension → ERB. */
  readonly extraMonitFiles: ReadonlyMap<string, string>;
}

const largestFile = 64 * 2 ** 20;
const largestJob = 256 * 2 ** 20;

/**
 * Reads a job's archive and checks it as the Director does: job.MF names the job, every template is there, so is monit.
 * Errors name the job and every missing file.
 */
export async function readJob(
  archive: string,
  options: { readonly name?: string; readonly signal?: AbortSignal } = {},
): Promise<ReleaseJob> {
  const files = await readFiles(archive, options.signal);
  const manifest = files.get('job.MF');
  const job = options.name ?? posix.basename(archive, '.tgz');
  if (manifest === undefined)
    throw new ArchiveInvalid(archive, `has no job.MF: it is not the archive of a job ('${job}')`);
  const spec = parseJobSpec(manifest, `${archive}:job.MF`);
  if (options.name !== undefined && spec.name !== options.name) {
    throw new ArchiveInvalid(archive, `of job '${options.name}' holds the job '${spec.name}' according to its job.MF`);
  }
  const templates = templatesOf(archive, spec, files);
  const extraMonitFiles = new Map<string, string>();
  for (const [path, content] of files) {
    if (/^[^/]+\.monit$/.test(path)) extraMonitFiles.set(path.slice(0, -'.monit'.length), content);
  }
  const monit = files.get('monit');
  if (monit === undefined && extraMonitFiles.size === 0) {
    throw new ArchiveInvalid(archive, `of job '${spec.name}' has no monit file`);
  }
  return { spec, monit: monit ?? '', templates, extraMonitFiles };
}

function templatesOf(archive: string, spec: JobSpec, files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const templates = new Map<string, string>();
  const missing: string[] = [];
  for (const source of Object.keys(spec.templates)) {
    const content = files.get(`templates/${source}`);
    if (content === undefined) missing.push(source);
    else templates.set(source, content);
  }
  if (missing.length === 0) return templates;
  const list = missing.map((name) => `'${name}'`).join(', ');
  throw new ArchiveInvalid(archive, `of job '${spec.name}' lacks the templates ${list}, which its spec names`);
}

async function readFiles(archive: string, signal: AbortSignal | undefined): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const links = new Map<string, string>();
  await readTar(
    archive,
    async (member) => {
      if (member.type === 'file')
        files.set(member.path, (await memberContent(archive, member, largestFile)).toString());
      if (member.type === 'symlink') links.set(member.path, innerPath(`${member.path}/../${member.target}`) ?? '');
    },
    { signal, allowsSymlinks: true, maximumBytes: largestJob },
  );
  for (const [path, target] of links) {
    const content = files.get(target);
    if (content !== undefined) files.set(path, content);
  }
  return files;
}
