import { copyFile, mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, runCommand } from '@boti/core';

export interface SharedLibrary {
  /** `libatomic.so.1`, by which programs ask for it. */
  readonly name: string;
  readonly path: string;
}

/** What Node needs besides the C library, and machines that have a C library may lack. */
const carried = /^(libatomic|libstdc\+\+|libgcc_s)\.so\.\d+$/;

/** The libraries of this machine that the Node of this program runs with. */
export async function librariesOfNode(): Promise<readonly SharedLibrary[]> {
  const node = await realpath(process.execPath);
  const { stdout } = await runCommand('ldd', [node]).catch((cause: unknown) => {
    throw new ExpectedError(`The libraries of '${node}' cannot be listed`, { cause });
  });
  const all = [...stdout.matchAll(/^\s*(\S+) => (\/\S+)/gm)].map(([, name = '', path = '']) => ({ name, path }));
  return all.filter(({ name }) => carried.test(name));
}

export async function copyLibraries(libraries: readonly SharedLibrary[], dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const { name, path } of libraries) await copyFile(await realpath(path), join(dir, name));
}
