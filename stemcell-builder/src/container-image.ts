import { join } from 'node:path';
import { type BuilderRun, runTool } from './builder-run.ts';

/** Part of a stemcell's cache key: raise it when the same parts would make another image or manifest. */
export const imageRecipe = 1;

/** The image of the `warden-tar` format: a .tgz of the operating system with the overlay's files on top. */
export async function containerImage(
  run: BuilderRun,
  parts: { readonly treeTarball: string; readonly overlay: string },
): Promise<string> {
  const tar = join(run.workDir, 'image.tar');
  const ownership = ['--owner=root:0', '--group=root:0', '--numeric-owner', '--mode=go-w', '--sort=name'];
  run.report('image', 'unpacking the operating system');
  await runTool(run, ['zstd', '-q', '-d', parts.treeTarball, '-o', tar]);
  run.report('image', 'adding the agent');
  // Folders of the overlay set the modes of those in the tree, whatever the umask they were made with.
  await runTool(run, ['find', parts.overlay, '-type', 'd', '-exec', 'chmod', '0755', '{}', '+']);
  await runTool(run, ['tar', '--append', ...ownership, '-C', parts.overlay, '-f', tar, '.']);
  run.report('image', 'compressing');
  await runTool(run, ['pigz', '-3', '-n', tar]);
  return `${tar}.gz`;
}
