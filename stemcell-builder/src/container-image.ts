import { join } from 'node:path';
import { type BuilderRun, runTool } from './builder-run.ts';

/** The image of the `warden-tar` format: a .tgz of the operating system with the overlay's files on top. */
export async function containerImage(
  run: BuilderRun,
  parts: { readonly treeTarball: string; readonly overlay: string },
): Promise<string> {
  const tar = join(run.workDir, 'image.tar');
  const ownership = ['--owner=root:0', '--group=root:0', '--numeric-owner', '--mode=u+rwX,go+rX,go-w', '--sort=name'];
  run.report('image', 'unpacking the operating system');
  await runTool(run, ['zstd', '-q', '-d', parts.treeTarball, '-o', tar]);
  run.report('image', 'adding the agent');
  await runTool(run, ['tar', '--append', ...ownership, '-C', parts.overlay, '-f', tar, '.']);
  run.report('image', 'compressing');
  await runTool(run, ['pigz', '-3', '-n', tar]);
  return `${tar}.gz`;
}
