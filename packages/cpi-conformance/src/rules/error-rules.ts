import { allVersions, ruleSet } from '../rule.ts';
import { shortType } from '../target/response-shape.ts';
import { auditCalls, shapeAudit } from './audits.ts';

const errorsRb = 'bosh bosh-director lib/clouds/errors.rb, lib/clouds/external_cpi.rb';

/** E: errors. */
export const errorRules = ruleSet(
  { level: 'offline', versions: allVersions, severity: 'MUST', source: errorsRb, when: 'last' },
  [
    {
      id: 'E1.1',
      title: 'The type of an error is Bosh::Clouds:: and one of the names of the contract',
      why: 'Directors take any other type for Unknown: it is neither tolerated nor tried again.',
      remedy: 'Turn every failure of the cloud into CloudError at least, with what the cloud said.',
      check: shapeAudit('E1.1'),
    },
    {
      id: 'E2.1',
      title: 'ok_to_retry is true only for errors for which Directors look at it',
      severity: 'SHOULD',
      why: 'Elsewhere it has no effect, and hides that the call is not tried again.',
      remedy: 'Set it for VMCreationFailed, NoDiskSpace, DiskNotAttached and DiskNotFound only.',
      check: shapeAudit('E2.1'),
    },
    {
      id: 'E4.1',
      title: 'Errors about something that is not there name it',
      severity: 'SHOULD',
      level: 'live',
      source: 'boti: what operators need',
      when: undefined,
      why: '"not found" alone leaves the operator to guess among hundreds of ids.',
      remedy: 'Put the id into the message.',
      async check(t) {
        const { vm, disk } = await t.make.attached();
        const [noVm, noDisk] = [t.unknown('vm'), t.unknown('disk')];
        const calls: readonly (readonly [string, readonly unknown[], string])[] = [
          ['attach_disk', [noVm, disk], noVm],
          ['attach_disk', [vm, noDisk], noDisk],
          ['detach_disk', [vm, noDisk], noDisk],
        ];
        for (const [method, args, id] of calls) {
          const { message } = await t.refuses(method, args);
          t.expect(message.includes(id), `a message with '${id}'`, message);
        }
      },
    },
    {
      id: 'E4.2',
      title: 'Error messages are sentences for operators, not stack traces',
      severity: 'SHOULD',
      source: 'boti: what operators need',
      why: 'The message is all that the CLI shows. A stack trace belongs into log.',
      remedy: 'Catch failures where they mean something and say what was tried; log the trace.',
      async check(t) {
        auditCalls(t, 'no stack trace in an error message', ({ answer }) => {
          const message = answer?.error?.message ?? '';
          const isTrace = /^\s+at .+:\d+|goroutine \d+ \[|\.rb:\d+:in |File ".+", line \d+/m.test(message);
          return isTrace ? `a stack trace: ${message.slice(0, 200)}` : undefined;
        });
      },
    },
    {
      id: 'E4.3',
      title: 'Faults of the caller and things that are not there are not reported as Unknown',
      severity: 'SHOULD',
      source: errorsRb,
      why: 'Unknown stands for bugs of the CPI.',
      remedy: 'Give every failure that can be foreseen its type.',
      async check(t) {
        auditCalls(t, 'a type that says what failed', ({ answer }) =>
          answer?.error !== undefined && shortType(answer.error?.type ?? '') === 'Unknown'
            ? `Unknown: ${answer.error?.message}`
            : undefined,
        );
      },
    },
  ],
);
