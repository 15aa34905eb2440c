import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { retry, runCommand } from '@boti/core';
import type { Dirs } from '../dirs.ts';

const prefix = 'bosh-trusted-cert-';

/** Makes the operating system trust exactly these certificates besides its own. */
export async function installTrustedCertificates(dirs: Dirs, pem: string): Promise<void> {
  const dir = dirs.system('usr/local/share/ca-certificates');
  await mkdir(dir, { recursive: true });
  for (const name of await readdir(dir)) if (name.startsWith(prefix)) await rm(join(dir, name));
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  for (const [index, certificate] of certificates.entries()) {
    await writeFile(join(dir, `${prefix}${index + 1}.crt`), `${certificate}\n`, { mode: 0o644 });
  }
  await retry({ attempts: 3, delayMs: 100, isRetriable: () => true }, () =>
    runCommand('update-ca-certificates', ['-f'], { timeoutMs: 60_000 }),
  );
}
