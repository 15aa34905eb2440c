import { parseArgs } from 'node:util';
import { runDaemon } from './daemon.ts';
import { runMonitCommand } from './monit-command.ts';
import { loadMonitConfig } from './monitrc/load.ts';

const usage = `Usage: monit [options] {arguments}
 -c FILE       control file (default /var/vcap/bosh/etc/monitrc)
 -g GROUP      act on the services of this group
 -I            stay in the foreground and supervise
 -t            check the control file
 -V            print the version
 --state-dir DIR, --port N   for tests; default /var/vcap/monit and 2822
Arguments: start|stop|restart|monitor|unmonitor NAME|all, summary, status, reload
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    c: { type: 'string', short: 'c', default: '/var/vcap/bosh/etc/monitrc' },
    g: { type: 'string', short: 'g' },
    I: { type: 'boolean', short: 'I' },
    h: { type: 'boolean', short: 'h' },
    t: { type: 'boolean', short: 't' },
    v: { type: 'boolean', short: 'v' },
    V: { type: 'boolean', short: 'V' },
    'state-dir': { type: 'string', default: '/var/vcap/monit' },
    port: { type: 'string' },
  },
});
const stateDir = values['state-dir'];
const port = values.port === undefined ? undefined : Number(values.port);

if (values.h) process.stdout.write(usage);
else if (values.V) process.stdout.write('This is Monit version 5.2.5\n');
else if (values.t) checkControlFile();
else if (values.I) {
  const log = (message: string): void => void process.stdout.write(`${new Date().toISOString()} ${message}\n`);
  runDaemon({ controlFile: values.c, stateDir, ...(port !== undefined && { port }), log });
} else void command();

function checkControlFile(): void {
  const { errors } = loadMonitConfig(values.c);
  process.stdout.write(errors.length === 0 ? 'Control file syntax OK\n' : `${errors.join('\n')}\n`);
  process.exitCode = errors.length === 0 ? 0 : 1;
}

async function command(): Promise<void> {
  try {
    const outcome = await runMonitCommand({
      controlFile: values.c,
      stateDir,
      port,
      group: values.g,
      words: positionals,
    });
    process.stdout.write(outcome.stdout ?? '');
    process.stderr.write(outcome.stderr ?? '');
    process.exitCode = outcome.exitCode;
  } catch (error) {
    process.stderr.write(`monit: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
