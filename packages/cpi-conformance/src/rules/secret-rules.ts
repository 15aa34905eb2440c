import { glob, readFile } from 'node:fs/promises';
import { allVersions, ruleSet } from '../rule.ts';
import { configuredSecret } from '../run/secrets.ts';
import type { Trial } from '../run/trial.ts';
import type { Exchange } from '../target/exchange.ts';
import { auditCalls } from './audits.ts';

const redaction = 'bosh bosh-director lib/clouds/external_cpi.rb: redaction of logs';

const common = {
  level: 'offline',
  versions: allVersions,
  severity: 'MUST',
  source: redaction,
  why: 'Task logs are kept for months and shown to everybody who may see the deployment.',
  remedy: 'Log names and ids, never whole requests, environments or settings. Mask values that come from the caller.',
} as const;

function secretIn(t: Trial, where: string, textOf: (exchange: Exchange) => unknown): void {
  auditCalls(t, `no secret in ${where}`, (exchange) => {
    const value = textOf(exchange);
    const [found] = t.run.secrets.foundIn(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
    return found === undefined ? undefined : `the secret of ${found}`;
  });
}

/** P3: what is written for people holds no credentials. */
export const secretRules = ruleSet(common, [
  {
    id: 'P3.1',
    title: 'log holds no secret of env, cloud properties, networks and agent settings',
    when: 'last',
    check: async (t) => secretIn(t, "'log' of a response", ({ answer }) => answer?.log),
  },
  {
    id: 'P3.2',
    title: 'stderr holds no secret',
    when: 'last',
    async check(t) {
      secretIn(t, 'stderr', ({ stderr }) => stderr);
      const [found] = t.run.secrets.foundIn(t.run.caller.serveStderr);
      t.expect(found === undefined, 'no secret in stderr of the serve process', `the secret of ${found}`);
    },
  },
  {
    id: 'P3.3',
    title: 'Error messages hold no secret',
    when: 'last',
    check: async (t) => secretIn(t, 'an error message', ({ answer }) => answer?.error),
  },
  {
    id: 'P3.4',
    title: 'The log files of the CPI hold no secret',
    when: 'last',
    async check(t) {
      const { log_files: patterns } = t.config.executable;
      if (patterns.length === 0) t.notApplicable('the configuration names no log_files');
      for await (const path of glob(patterns)) {
        const [found] = t.run.secrets.foundIn(await readFile(path, 'utf8'));
        t.expect(found === undefined, `no secret in ${path}`, `the secret of ${found}`, undefined);
      }
    },
  },
  {
    id: 'P3.5',
    title: 'A create_vm that is refused tells no secret',
    why: 'Errors are where requests are printed by mistake.',
    async check(t) {
      const { secrets, config } = t.run;
      const properties = { ...config.vm.cloud_properties, kit_secret: secrets.of('cloud_properties') };
      const env = { bosh: { password: secrets.of('env.bosh.password') }, key: secrets.of('env.api_key') };
      const networks = t.make.manualNetwork({
        cloud_properties: { kit_secret: secrets.of('networks cloud_properties') },
      });
      const args: readonly unknown[] = [t.agentId(), t.unknown('stemcell'), properties, networks, [], env];
      const wrong = secrets.of('a value of the wrong type');
      const variants = [
        args,
        args.with(5, wrong),
        args.with(2, [wrong]),
        args.with(3, { default: wrong }),
        args.with(4, wrong),
      ];
      for (const variant of variants) await expectSilence(t, await t.call('create_vm', variant));
    },
  },
  {
    id: 'P3.6',
    title: 'A wrong context or agent configuration is refused without telling its secrets',
    why: 'Credentials of the cloud come in the context, and a wrong one is where they are printed.',
    async check(t) {
      const secret = t.run.secrets.of('the context');
      const contexts = [
        { agent: { mbus: secret, blobstore: `dav with ${secret}` } },
        { agent: secret },
        { agent: { blobstore: { provider: 7, options: { password: secret } }, ntp: secret } },
      ];
      for (const context of contexts) await expectSilence(t, await t.call('has_vm', [t.unknown('vm')], { context }));
    },
  },
  {
    id: 'P3.7',
    title: 'A request that is no valid request is not printed back',
    async check(t) {
      const secret = t.run.secrets.of('a request that is none');
      for (const text of [
        `{"method":"create_vm","arguments":"${secret}","context":{"director_uuid":"d"}}`,
        `{"method":"has_vm","arguments":["x"],"context":"${secret}"}`,
        `{"method":"create_vm","arguments":[{"password":"${secret}"}],"context":{"director_uuid":"d"}`,
      ]) {
        await expectSilence(t, await t.raw(text));
      }
    },
  },
  {
    id: 'P3.8',
    title: 'Disks, stemcells and networks that are refused tell no secret of their cloud properties',
    async check(t) {
      const properties = { kit_secret: t.run.secrets.of('cloud_properties') };
      const calls: readonly (readonly [string, readonly unknown[]])[] = [
        ['create_disk', [0, properties, null]],
        ['create_disk', ['big', properties, null]],
        ['create_stemcell', [`${t.run.workDir}/no-such-image`, properties]],
        ['update_disk', [t.unknown('disk'), 1024, properties]],
        ['create_network', [{ type: 7, cloud_properties: properties }]],
      ];
      for (const [method, args] of calls) await expectSilence(t, await t.call(method, args));
    },
  },
  {
    id: 'P3.9',
    title: 'VMs whose env and properties are full of secrets come and go without telling them',
    level: 'live',
    async check(t) {
      const { vm, disk } = await t.make.attached();
      if (t.implements('set_vm_metadata')) await t.succeeds('set_vm_metadata', [vm, { name: 'web/0' }]);
      if (t.implements('reboot_vm')) await t.succeeds('reboot_vm', [vm]);
      await t.succeeds('detach_disk', [vm, disk]);
      await t.refuses('attach_disk', [t.unknown('vm'), disk]);
      await t.succeeds('delete_vm', [vm]);
      for (const exchange of t.exchanges) await expectSilence(t, exchange);
    },
  },
]);

async function expectSilence(t: Trial, exchange: Exchange): Promise<void> {
  const { answer, stderr } = exchange;
  const text = [answer?.log, answer?.error, stderr].map((part) => JSON.stringify(part) ?? '').join('\n');
  // Those of the configuration are P3.1 to P3.3's.
  const found = t.run.secrets.foundIn(text).find((name) => name !== configuredSecret);
  t.expect(found === undefined, 'no secret in log, error and stderr', `the secret of ${found}`, exchange);
}
