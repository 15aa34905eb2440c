import { allVersions, ruleSet } from '../rule.ts';
import { directorPath } from '../target/launch.ts';
import { graceMs } from '../target/process-call.ts';
import { shapeAudit } from './audits.ts';

const externalCpi = 'bosh bosh-director lib/clouds/external_cpi.rb';
const cpiRunner = 'bosh-cli cloud/cpi_cmd_runner.go';
const quickMs = 10_000;

/** P: one process for each call. Rules with `last` look at every call of the run. */
export const processRules = ruleSet(
  { level: 'offline', versions: allVersions, severity: 'MUST', source: externalCpi },
  [
    {
      id: 'P1.1',
      title: 'stdout holds exactly one JSON object and nothing else',
      why: 'Callers parse all of stdout. One stray line, say of a library that prints, and the call has failed for them, though the cloud has done it.',
      remedy: 'Send logs and the output of every child process to stderr; write the response once, at the end.',
      when: 'last',
      check: shapeAudit('P1.1'),
    },
    {
      id: 'P1.2',
      title: 'stdout is UTF-8, whatever the locale of the process is',
      why: 'Callers read JSON as UTF-8; another encoding is no JSON for them.',
      remedy: 'Encode the response as UTF-8 whatever the locale of the process is: callers clear the environment.',
      when: 'last',
      check: shapeAudit('P1.2'),
    },
    {
      id: 'P1.3',
      title: 'The process ends by itself after its answer, and nothing keeps its stdout open',
      why: 'Callers read until stdout is closed: a process, or a child of it, that stays makes the call hang for ever.',
      remedy: 'End the process after the response. Detach daemons from stdout and stderr.',
      async check(t) {
        const exchange = await t.attempt('info', [], { transport: 'process' });
        t.expect(exchange.ending !== 'deadline', 'the process to end after its answer', 'it did not end');
        t.expect(exchange.answer !== undefined, 'a response', exchange.stdout || 'nothing on stdout');
        await shapeAudit('P1.3')(t);
      },
    },
    {
      id: 'P1.4',
      title: 'A request that comes in pieces is read up to the end of file',
      why: 'Requests of more than 64 KiB reach a process in pieces; some callers write slowly.',
      remedy: 'Read stdin to its end before parsing; do not parse what the first read gives.',
      async check(t) {
        const text = JSON.stringify(t.request('info', []));
        const chunks = [text.slice(0, 1), text.slice(1, 20), text.slice(20, -1), text.slice(-1)];
        await t.succeeds('info', [], { transport: 'process', chunks, pauseMs: 40 });
      },
    },
    {
      id: 'P1.5',
      title: 'White space and line breaks around and within the request do not matter',
      why: 'Callers may write JSON in any form: with or without a last line break, in one line or in many.',
      remedy: 'Give all of stdin to a JSON parser; do not read lines.',
      async check(t) {
        const pretty = `\n  ${JSON.stringify(t.request('info', []), undefined, 2)}\r\n\r\n`;
        const exchange = await t.raw(pretty);
        t.expect(
          exchange.answer?.error === null,
          'the answer of info',
          exchange.answer?.error?.message ?? exchange.stdout,
        );
      },
    },
    {
      id: 'P1.6',
      title: 'Keys of the request that the CPI does not know are ignored',
      source: 'bosh-cpi-ruby lib/bosh/cpi/cli.rb',
      why: 'api_version was such a key once. A CPI that refuses what it does not know breaks with the next Director.',
      remedy: 'Take the keys you know from the request and leave the others alone.',
      async check(t) {
        const request = { ...t.request('info', []), new_key_of_the_future: { a: [1] } };
        const exchange = await t.raw(JSON.stringify(request));
        t.expect(
          exchange.answer?.error === null,
          'the answer of info',
          exchange.answer?.error?.message ?? exchange.stdout,
        );
      },
    },
    {
      id: 'P1.7',
      title: 'A response of any length comes whole',
      why: 'A pipe takes 64 KiB at once. A process that ends before all is written cuts its response off, and with it the id of what it made.',
      remedy: 'Write until everything is written, and end the process only then.',
      async check(t) {
        const long = 'x'.repeat(150_000);
        const network = t.make.manualNetwork({ note: long });
        const calls: readonly (readonly [string, readonly unknown[]])[] = [
          ['attach_disk', [long, long]],
          ['create_vm', [t.agentId(), `stemcell-${long}`, {}, network, [], {}]],
        ];
        for (const [method, args] of calls) {
          const exchange = await t.call(method, args, { transport: 'process' });
          t.expect(exchange.problems.length === 0, 'a whole response', exchange.problems[0]?.problem ?? '');
        }
      },
    },
    {
      id: 'P2.1',
      title: 'Every response has the keys result, error and log',
      why: 'The Director checks the response against a schema: without one of the keys the call has failed for it.',
      remedy:
        'Write {"result": …, "error": null, "log": ""} in every case, also for errors and for methods without a result.',
      when: 'last',
      check: shapeAudit('P2.1'),
    },
    {
      id: 'P2.2',
      title: 'result is null when error is not',
      why: 'What stands there beside an error is lost: an id in it names something that nobody will delete.',
      remedy: 'Undo what the call has made before it fails, and answer null.',
      when: 'last',
      check: shapeAudit('P2.2'),
    },
    {
      id: 'P2.3',
      title: 'error is null or an object with the texts type and message and the boolean ok_to_retry',
      why: "Without all three the Director's schema refuses the response and the cause of the failure is lost.",
      remedy: 'Answer all three for every error, ok_to_retry false where nothing is known.',
      when: 'last',
      check: shapeAudit('P2.3'),
    },
    {
      id: 'P2.4',
      title: 'log is a text, empty if need be',
      why: "The Director's schema demands it; null or a list make the call fail.",
      remedy: 'Join log lines to one text; answer "" when there are none.',
      when: 'last',
      check: shapeAudit('P2.4'),
    },
    {
      id: 'P2.5',
      title: 'An error has a message',
      severity: 'SHOULD',
      source: 'boti: what operators need',
      why: 'All that an operator sees of a failed deploy is this message.',
      remedy: 'Say what was tried, with which ids, and what the cloud answered.',
      when: 'last',
      check: shapeAudit('P2.5'),
    },
    {
      id: 'P5.1',
      title: 'The CPI runs with nothing but PATH, HOME and TMPDIR in its environment',
      why: 'The Director clears the environment, so what works in a shell fails in it.',
      remedy: 'Take settings from the configuration and the context; set LANG and the like yourself.',
      async check(t) {
        const env = { PATH: directorPath, HOME: '/', TMPDIR: t.run.tempDir, ...t.config.executable.env };
        const exchange = await t.attempt('info', [], { transport: 'process', launch: { env } });
        t.expect(
          exchange.answer?.error === null,
          'the answer of info',
          exchange.answer?.error?.message ?? exchange.stderr,
        );
      },
    },
    {
      id: 'P5.2',
      title: 'The CPI runs from any working directory',
      why: 'Directors and create-env start it from where they are.',
      remedy: 'Find your own files by the path of the executable, not by the working directory.',
      async check(t) {
        const exchange = await t.attempt('info', [], { transport: 'process', launch: { cwd: '/' } });
        t.expect(
          exchange.answer?.error === null,
          'the answer of info',
          exchange.answer?.error?.message ?? exchange.stderr,
        );
      },
    },
    {
      id: 'P5.3',
      title: 'The exit code is 0 when the response is a result',
      source: cpiRunner,
      why: 'create-env takes any other exit code for a failure, whatever the response says.',
      remedy: 'Exit with 0 once the response is written.',
      async check(t) {
        const { exitCode } = await t.call('info', [], { transport: 'process' });
        t.expect(exitCode === 0, 'exit code 0', `exit code ${exitCode}`);
      },
    },
    {
      id: 'P5.4',
      title: 'The exit code is 0 when the response is an error',
      source: cpiRunner,
      why: 'create-env reads the error only then: with another code it cannot tell VMNotFound, which it tolerates, from a crash.',
      remedy: 'An error is a valid response: exit with 0.',
      async check(t) {
        const { exchange } = await t.refuses('no_such_method', [], { transport: 'process' });
        t.expect(exchange.exitCode === 0, 'exit code 0', `exit code ${exchange.exitCode}`);
      },
    },
    {
      id: 'P5.5',
      title: 'info answers quickly',
      severity: 'SHOULD',
      source: 'bosh bosh-director lib/bosh/director/cloud_factory.rb',
      why: 'The Director calls it before every other call: each second of it is added to all of them.',
      remedy: 'Answer info from constants, before any connection to the cloud is made.',
      async check(t) {
        const { durationMs } = await t.call('info', [], { transport: 'process' });
        t.expect(durationMs < quickMs, `an answer within ${quickMs / 1000} s`, `${(durationMs / 1000).toFixed(1)} s`);
      },
    },
    {
      id: 'P6.1',
      title: 'A context without request_id is served',
      source: 'bosh-cli cloud/cpi_cmd_runner.go',
      why: 'create-env sends none.',
      remedy: 'Treat request_id as optional: it is for logs.',
      async check(t) {
        await t.succeeds('info', [], { transport: 'process', context: { request_id: undefined } });
      },
    },
    {
      id: 'P6.2',
      title: 'vm.stemcell.api_version in the context does not matter to methods without a VM',
      source: 'bosh bosh-director lib/clouds/external_cpi.rb',
      why: 'Directors send it with any call when they know it.',
      remedy: 'Read the key where you need it, and ignore it elsewhere.',
      async check(t) {
        for (const api_version of [1, 2, 3, 17]) {
          await t.succeeds('info', [], { context: { vm: { stemcell: { api_version } } } });
        }
        await t.succeeds('info', [], { context: { vm: { stemcell: {} } } });
      },
    },
    {
      id: 'P6.3',
      title: 'director_uuid may be any text',
      source: 'bosh bosh-director lib/clouds/external_cpi.rb',
      why: 'It is a UUID with upstream, and something else with others.',
      remedy: 'Use it for names and tags only, escaped for your cloud.',
      async check(t) {
        await t.succeeds('info', [], { context: { director_uuid: 'Director of “Ünït 7”' } });
      },
    },
    {
      id: 'P5.6',
      title: 'Calls leave no files in the temporary folder',
      severity: 'SHOULD',
      source: 'boti: nothing is left behind',
      why: 'A Director makes hundreds of thousands of calls: files that each leaves fill its disk.',
      remedy: 'Remove temporary files in every case, also when the call fails or is ended by SIGTERM.',
      when: 'last',
      async check(t) {
        const { readdir } = await import('node:fs/promises');
        const left = (await readdir(t.run.tempDir)).filter((name) => !name.startsWith('node-compile-cache'));
        t.expect(
          left.length === 0,
          'an empty TMPDIR after the run',
          `${left.length} files, e.g. ${left[0]}`,
          undefined,
        );
      },
    },
    {
      id: 'P7.1',
      title: 'After SIGTERM the process ends within 15 seconds',
      severity: 'SHOULD',
      source: 'boti: cancellation and deadlines; Directors send SIGKILL after that',
      why: 'Who cancels a task waits for it. A process that ignores SIGTERM is killed, and cannot clean up.',
      remedy: 'Handle SIGTERM: give up the request to the cloud, undo, answer an error, end.',
      async check(t) {
        const exchange = await t.attempt('info', [], {
          transport: 'process',
          // The request never comes to its end.
          chunks: ['{"method":', ' '],
          pauseMs: 60_000,
          kill: { afterMs: 1500, signal: 'SIGTERM' },
        });
        t.expect(
          exchange.durationMs < graceMs,
          'the end of the process',
          `it had to be killed after ${graceMs / 1000} s`,
        );
      },
    },
  ],
);
