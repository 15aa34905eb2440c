import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestRelease } from './artifacts.ts';

/** A CPI that answers what it is told to, as the CPI of the recordings did. */
export interface ScriptedCpi {
  readonly dir: string;
  /** Sets the answers; forgets what was asked before. */
  script(replies: Readonly<Record<string, CpiReply>>): Promise<void>;
  requests(): Promise<readonly CpiRequest[]>;
}

/** Text that goes to stdout as it is, or one text for each call. */
export type CpiReply = string | readonly string[] | { readonly output: string; readonly exitCode: number };

export interface CpiRequest {
  readonly method: string;
  readonly arguments: readonly unknown[];
  readonly context: Readonly<Record<string, unknown>>;
  readonly api_version?: number;
  readonly env: readonly string[];
}

export const answer = (result: unknown): string => JSON.stringify({ result, error: null, log: '' });
export const failure = (type: string, message: string, okToRetry = false): string =>
  JSON.stringify({ result: null, error: { type, message, ok_to_retry: okToRetry }, log: '' });

/** Bash, since it starts in milliseconds. Answers stand in `replies/<method>[.<call>]`, exit codes in `<method>.exit`. */
const program = `#!/bin/bash
dir='<%= p("dir") %>'
names=$(compgen -e | sort | tr '\\n' ' ')
IFS= read -r request
[[ $request =~ \\"method\\":\\"([a-z_]+)\\" ]]
method=\${BASH_REMATCH[1]}
printf '%s\\t%s\\n' "$names" "$request" >> "$dir/requests"
echo 'cpi stderr' >&2
calls=$(cat "$dir/replies/$method.calls" 2>/dev/null || echo 0)
echo $((calls + 1)) > "$dir/replies/$method.calls"
if [ -f "$dir/replies/$method.sh" ]; then . "$dir/replies/$method.sh"; fi
if [ -f "$dir/replies/$method.$calls" ]; then cat "$dir/replies/$method.$calls"
elif [ -f "$dir/replies/$method" ]; then cat "$dir/replies/$method"
else echo '{"result":null,"error":{"type":"Bosh::Clouds::NotImplemented","message":"'$method'","ok_to_retry":false},"log":""}'
fi
[ -f "$dir/replies/$method.exit" ] && exit $(cat "$dir/replies/$method.exit")
exit 0
`;

export const cpiRelease: TestRelease = {
  name: 'tiny-cpi',
  jobs: [
    {
      name: 'cpi',
      packages: ['cpipkg'],
      properties: { dir: {}, agent: {}, python: {} },
      templates: { 'bin/cpi': program, 'config/cfg.json': '<%= JSON.dump(p("agent")) %>' },
    },
  ],
  packages: [
    { name: 'cpibase', files: { packaging: 'echo x > $BOSH_INSTALL_TARGET/x\n' } },
    {
      name: 'cpipkg',
      dependencies: ['cpibase'],
      files: {
        packaging: 'test -f $BOSH_PACKAGES_DIR/cpibase/x\nenv | cut -d= -f1 | sort > $BOSH_INSTALL_TARGET/env.txt\n',
      },
    },
  ],
};

export function scriptedCpi(dir: string): ScriptedCpi {
  const replies = join(dir, 'replies');
  return {
    dir,
    async script(wanted) {
      await rm(replies, { recursive: true, force: true });
      await rm(join(dir, 'requests'), { force: true });
      await mkdir(replies, { recursive: true });
      for (const [method, reply] of Object.entries(wanted)) await writeReply(join(replies, method), reply);
    },
    async requests() {
      const text = await readFile(join(dir, 'requests'), 'utf8').catch(() => '');
      return text.split('\n').filter(Boolean).map(parseRequest);
    },
  };
}

async function writeReply(path: string, reply: CpiReply): Promise<void> {
  if (typeof reply === 'string') await writeFile(path, reply);
  else if ('output' in reply) {
    await writeFile(path, reply.output);
    await writeFile(`${path}.exit`, String(reply.exitCode));
  } else for (const [index, text] of reply.entries()) await writeFile(`${path}.${index}`, text);
}

function parseRequest(line: string): CpiRequest {
  const [names = '', json = '{}'] = line.split('\t');
  // Bash adds these itself.
  const env = names
    .trim()
    .split(' ')
    .filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name));
  return { ...(JSON.parse(json) as Omit<CpiRequest, 'env'>), env };
}
