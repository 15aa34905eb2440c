import { fileBody } from '@boti/director-api';
import { readStemcellManifest } from '@boti/stemcell';
import type { DirectorContext } from '../command.ts';
import { isUrl, localPath } from '../session/location.ts';

export interface UploadStemcellOptions {
  readonly fix?: boolean;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly sha1?: string | undefined;
}

type Uploader = Pick<DirectorContext, 'director' | 'ui' | 'followTask' | 'signal'>;

/** Uploads a stemcell unless every CPI has it. Returns whether anything was uploaded. */
export async function uploadStemcell(
  context: Uploader,
  location: string,
  options: UploadStemcellOptions,
): Promise<boolean> {
  const { director, ui, followTask } = context;
  const { name, version } = isUrl(location) ? options : await namesOf(localPath(location), options);
  if (
    !options.fix &&
    name !== undefined &&
    version !== undefined &&
    !(await director.stemcells.isNeeded(name, version))
  ) {
    ui.line(`Stemcell '${name}/${version}' already exists.`);
    return false;
  }
  const task = isUrl(location)
    ? await director.stemcells.uploadFrom(location, options.sha1, options.fix ?? false)
    : await director.stemcells.upload(
        await fileBody(localPath(location), (done, total) => ui.progress(done, total)),
        options.fix ?? false,
      );
  await followTask(task);
  return true;
}

async function namesOf(path: string, given: UploadStemcellOptions): Promise<{ name: string; version: string }> {
  const manifest = await readStemcellManifest(path);
  return { name: given.name ?? manifest.name, version: given.version ?? manifest.version };
}
