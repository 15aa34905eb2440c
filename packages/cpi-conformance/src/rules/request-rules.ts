import { allVersions, type Rule, ruleSet } from '../rule.ts';
import { isNotImplemented } from '../run/facts.ts';
import type { Trial } from '../run/trial.ts';

const director = '{"director_uuid":"d"}';

/** A request that is none: some response with an error must come. */
function refusesBytes(...texts: readonly (string | Buffer)[]): Rule['check'] {
  return async (t) => {
    for (const text of texts) await refuseBytes(t, text);
  };
}

async function refuseBytes(t: Trial, text: string | Buffer): Promise<void> {
  const exchange = await t.raw(text);
  const shown = text.length === 0 ? 'nothing' : text.toString().slice(0, 80);
  t.expect(
    exchange.ending === 'answered',
    'a response with an error',
    `the call ended without one (${exchange.ending})`,
  );
  t.expect(
    exchange.answer !== undefined,
    `a response with an error to ${shown}`,
    exchange.stdout || 'nothing on stdout',
  );
  t.expect(exchange.answer?.error !== null, `an error for ${shown}`, 'success');
}

/** P9: requests that are none. E1: methods that are none. */
export const requestRules = ruleSet(
  {
    level: 'offline',
    versions: allVersions,
    severity: 'MUST',
    source: 'bosh-cpi-ruby lib/bosh/cpi/cli.rb; bosh-cpi-go rpc/json_dispatcher.go',
    why: 'A caller whose request is broken must hear so in a response: a crash or silence tells it nothing about its fault.',
    remedy: 'Check the request before anything else and answer Bosh::Clouds::CpiError with what is wrong in it.',
  },
  [
    { id: 'P9.1', title: 'An empty request is answered with an error', check: refusesBytes('', '\n') },
    {
      id: 'P9.2',
      title: 'A request that is no JSON is answered with an error',
      check: refusesBytes('hello', '{"method":"info","arguments":[],'),
    },
    {
      id: 'P9.3',
      title: 'A request that is JSON but no object is answered with an error',
      check: refusesBytes('["info"]', 'null', '7'),
    },
    {
      id: 'P9.4',
      title: 'A request without method is answered with an error',
      check: refusesBytes(
        `{"arguments":[],"context":${director}}`,
        `{"method":null,"arguments":[],"context":${director}}`,
      ),
    },
    {
      id: 'P9.5',
      title: 'A method that is no text is answered with an error',
      check: refusesBytes(
        `{"method":42,"arguments":[],"context":${director}}`,
        `{"method":["info"],"arguments":[],"context":${director}}`,
      ),
    },
    {
      id: 'P9.6',
      title: 'A request without arguments is answered with an error',
      severity: 'SHOULD',
      check: refusesBytes(`{"method":"has_vm","context":${director}}`),
    },
    {
      id: 'P9.7',
      title: 'Arguments that are no list are answered with an error',
      check: refusesBytes(
        `{"method":"has_vm","arguments":"vm-1","context":${director}}`,
        `{"method":"has_vm","arguments":{"vm_cid":"vm-1"},"context":${director}}`,
      ),
    },
    {
      id: 'P9.8',
      title: 'A context that is no object is answered with an error',
      check: refusesBytes(`{"method":"has_vm","arguments":["vm-1"],"context":"d"}`),
    },
    {
      id: 'P9.9',
      title: 'An api_version that is no whole number is answered with an error',
      check: refusesBytes(
        `{"method":"has_vm","arguments":["vm-1"],"context":${director},"api_version":"two"}`,
        `{"method":"has_vm","arguments":["vm-1"],"context":${director},"api_version":{}}`,
      ),
    },
    {
      id: 'P9.10',
      title: 'Bytes that are no UTF-8 do not end the CPI without a response',
      async check(t) {
        const exchange = await t.raw(Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]));
        t.expect(exchange.answer !== undefined, 'a response', exchange.stdout || 'nothing on stdout');
      },
    },
    {
      id: 'P9.11',
      title: 'JSON nested ten thousand deep does not end the CPI without a response',
      severity: 'SHOULD',
      async check(t) {
        const deep = '['.repeat(10_000) + ']'.repeat(10_000);
        const exchange = await t.raw(`{"method":"has_vm","arguments":[${deep}],"context":${director}}`);
        t.expect(exchange.answer !== undefined, 'a response', exchange.stdout || 'nothing on stdout');
      },
    },
    {
      id: 'P9.12',
      title: 'The error for a request that is none is a CpiError',
      severity: 'SHOULD',
      why: 'CpiError tells the caller that the fault is its own; Unknown and CloudError send operators to look at the cloud.',
      async check(t) {
        const exchange = await t.raw('this is no JSON');
        const type = exchange.answer?.error?.type;
        t.expect(type === 'Bosh::Clouds::CpiError', 'Bosh::Clouds::CpiError', type ?? 'no error');
      },
    },
    {
      id: 'E1.2',
      title: 'A method that the CPI does not know is answered with NotImplemented',
      source: 'bosh bosh-director lib/clouds/external_cpi.rb',
      why: 'Callers try optional methods and do without them when they hear NotImplemented. Any other error ends the deploy.',
      remedy: 'Answer Bosh::Clouds::NotImplemented for every method name you do not know.',
      async check(t) {
        for (const method of ['no_such_method', 'create_dream']) {
          await t.refuses(method, [], { types: ['NotImplemented'] });
        }
      },
    },
    {
      id: 'E1.3',
      title: 'An optional method that is not there is answered with NotImplemented, whatever its arguments are',
      source: 'bosh bosh-director lib/clouds/external_cpi.rb',
      why: 'See E1.2: set_vm_metadata is called for every VM, and only NotImplemented is tolerated.',
      remedy: 'Check that the method is there before you check its arguments.',
      async check(t) {
        const { methods } = await import('../spec/methods.ts');
        const missing = methods.filter(
          ({ name, isRequired, extension }) => !isRequired && !extension && !t.implements(name),
        );
        if (missing.length === 0) t.notApplicable('the CPI implements every optional method');
        for (const { name, parameters } of missing) {
          const args = parameters.map(() => 'x');
          const { answer } = await t.call(name, args);
          t.expect(
            isNotImplemented(answer?.error ?? null),
            `NotImplemented from '${name}'`,
            answer?.error?.type ?? 'success',
          );
        }
      },
    },
    {
      id: 'E1.4',
      title: 'Names that mean something in programming languages are unknown methods like others',
      source: 'boti: bad input',
      why: 'A CPI that looks methods up by name in its own object can be made to run what was never meant to be called.',
      remedy: 'Look methods up in a table of your own that holds nothing else.',
      async check(t) {
        for (const method of [
          '__proto__',
          'constructor',
          'toString',
          'send',
          'exit',
          '__init__',
          'initialize',
          '../info',
        ]) {
          const { type } = await t.refuses(method, []);
          t.expect(['NotImplemented', 'CpiError'].includes(type), `NotImplemented for '${method}'`, type);
        }
      },
    },
    {
      id: 'E1.5',
      title: 'Method names are matched exactly',
      severity: 'SHOULD',
      source: 'bosh-cpi-ruby lib/bosh/cpi/cli.rb',
      why: 'Tolerance here hides mistakes of callers until another CPI is used.',
      remedy: 'Compare names as they are: no change of case, no trimming, no dashes for underscores.',
      async check(t) {
        for (const method of ['Has_vm', 'HAS_VM', 'has-vm', 'hasVm', ' has_vm']) {
          const { answer } = await t.call(method, [t.unknown('vm')]);
          t.expect(answer?.error !== null, `an error for '${method}'`, 'success');
        }
      },
    },
    {
      id: 'M1.1',
      title: 'The CPI has every method that Directors cannot do without',
      source: 'bosh bosh-director lib/clouds/external_cpi.rb; bosh-cli cloud/cloud.go',
      why: 'create_stemcell, create_vm, create_disk and what belongs to them have no fallback.',
      remedy: 'Implement the missing methods.',
      async check(t) {
        const { requiredMethods } = await import('../spec/methods.ts');
        const missing = requiredMethods.filter((name) => !t.implements(name));
        t.expect(missing.length === 0, 'every required method', `NotImplemented for ${missing.join(', ')}`);
      },
    },
  ],
);
