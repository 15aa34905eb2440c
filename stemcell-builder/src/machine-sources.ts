import { tryCommand } from '@boti/core';

/**
 * The Debian package sources of the building machine, as lines of a sources.list, so that a build uses the mirror that
 * the machine uses. Empty when the machine has none for the suite; mmdebstrap then takes Debian's own.
 */
export async function machineSources(suite: string, signal?: AbortSignal): Promise<string> {
  const format = '$(ORIGIN)|$(CODENAME)|$(SIGNED_BY)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)';
  const args = ['indextargets', '--format', format, 'Created-By: Packages'];
  const { exitCode, stdout } = await tryCommand('apt-get', args, signal === undefined ? {} : { signal });
  return exitCode === 0 ? sourcesFrom(stdout, suite) : '';
}

export function sourcesFrom(indexTargets: string, suite: string): string {
  const lines = indexTargets.split('\n').flatMap((line) => {
    const [origin, codename = '', signedBy = '', uri, release, component] = line.split('|');
    const wanted = origin === 'Debian' && [suite, `${suite}-updates`, `${suite}-security`].includes(codename);
    if (!wanted) return [];
    const options = signedBy.startsWith('/') ? `[signed-by=${signedBy}] ` : '';
    return [`deb ${options}${uri} ${release} ${component}\n`];
  });
  return [...new Set(lines)].join('');
}
