import { allVersions, ruleSet } from '../rule.ts';
import type { Trial } from '../run/trial.ts';

const cloudFactory = 'bosh bosh-director lib/bosh/director/cloud_factory.rb; bosh-cli cloud/cloud.go';

async function info(t: Trial): Promise<Readonly<Record<string, unknown>>> {
  const result = await t.succeeds('info', []);
  t.expect(
    typeof result === 'object' && result !== null && !Array.isArray(result),
    'an object from info',
    JSON.stringify(result),
  );
  return result as Readonly<Record<string, unknown>>;
}

/** V1, V2, V6: how the version of the contract is agreed upon. */
export const versionRules = ruleSet(
  { level: 'offline', versions: allVersions, severity: 'MUST', source: cloudFactory },
  [
    {
      id: 'V1.1',
      title: 'info answers stemcell_formats: a list of texts',
      why: 'The Director uploads a stemcell to the CPIs whose formats it has; without the list it tries, and fails later.',
      remedy: 'Answer {"stemcell_formats": ["<cloud>-raw", …], "api_version": 2} or 3.',
      async check(t) {
        const { stemcell_formats: formats } = await info(t);
        const isList = Array.isArray(formats) && formats.every((one) => typeof one === 'string' && one !== '');
        t.expect(isList, 'stemcell_formats to be a list of texts', JSON.stringify(formats) ?? 'no such key');
      },
    },
    {
      id: 'V1.2',
      title: 'stemcell_formats names at least one format, and none twice',
      severity: 'SHOULD',
      why: 'With an empty list no stemcell that names its formats fits this CPI.',
      remedy: "Name the formats of the stemcells that your cloud can use, light ones ('<cloud>-light') included.",
      async check(t) {
        const { stemcell_formats: formats } = await info(t);
        const list = Array.isArray(formats) ? formats : [];
        t.expect(
          list.length > 0 && new Set(list).size === list.length,
          'formats, each once',
          JSON.stringify(formats) ?? 'none',
        );
      },
    },
    {
      id: 'V1.3',
      title: 'api_version of info is a whole number of at least 1',
      why: 'Callers compare it with the versions they know. A text such as "2" is refused by their schema.',
      remedy: 'Answer the newest version you speak, as a number.',
      async check(t) {
        const { api_version: version } = await info(t);
        if (version === undefined) t.notApplicable('info has no api_version: the CPI speaks version 1');
        t.expect(Number.isInteger(version) && Number(version) >= 1, 'a whole number', JSON.stringify(version));
      },
    },
    {
      id: 'V1.4',
      title: 'The CPI speaks at least version 2',
      severity: 'SHOULD',
      why: "Today's Directors and create-env refuse CPIs of version 1.",
      remedy: 'Answer create_vm with [cid, networks], attach_disk with a disk hint, and "api_version": 2.',
      async check(t) {
        t.expect(
          t.facts.versions.includes(2),
          'api_version 2 or newer',
          JSON.stringify((await info(t)).api_version ?? 'none'),
        );
      },
    },
    {
      id: 'V1.5',
      title: 'info answers the same each time, whatever version its request has',
      why: 'Directors send the first info without api_version, create-env with 1, stemcell uploads with 2. All build on one answer.',
      remedy: 'Answer info before you look at api_version.',
      async check(t) {
        const first = await info(t);
        for (const version of [null, ...t.facts.versions]) {
          t.same(
            await t.succeeds('info', [], { version, transport: 'process' }),
            first,
            `info in version ${version ?? '–'}`,
          );
        }
      },
    },
    {
      id: 'V2.1',
      title: 'Every version up to that of info is spoken',
      why: 'Callers use the lower of their newest version and yours, so older callers come with older versions.',
      remedy: 'Keep the argument and result shapes of older versions, chosen by api_version of the request.',
      async check(t) {
        for (const version of t.facts.versions) {
          const { answer } = await t.call('has_vm', [t.unknown('vm')], { version });
          const type = answer?.error?.type ?? '';
          t.expect(!type.endsWith('NotImplemented'), `has_vm to be served in version ${version}`, type);
        }
      },
    },
    {
      id: 'V2.2',
      title: 'A request without api_version, or with null, is of version 1',
      why: 'Callers older than version 2 know no such key.',
      remedy: 'Take 1 when the key is missing.',
      async check(t) {
        for (const version of [null, undefined]) {
          const request = { ...t.request('has_vm', [t.unknown('vm')]), api_version: version };
          const exchange = await t.raw(JSON.stringify(request));
          const type = exchange.answer?.error?.type ?? '';
          t.expect(exchange.answer !== undefined, 'a response', exchange.stdout || 'nothing');
          t.expect(!/NotImplemented|CpiError|InvalidCall/.test(type), 'has_vm to be served', type);
        }
      },
    },
    {
      id: 'V6.1',
      title: 'A version that the CPI does not know is refused with NotImplemented',
      source: 'bosh-cpi-go rpc/json_dispatcher.go',
      why: 'Served by the rules of another version the call seems to work, and its result is misread.',
      remedy: 'Compare api_version of the request with the newest you speak, for every method but info.',
      async check(t) {
        for (const version of [Math.max(...t.facts.versions) + 1, 4, 99]) {
          if (version < 4 && t.facts.versions.length < 3) continue;
          await t.refuses('has_vm', [t.unknown('vm')], { version, types: ['NotImplemented'] });
        }
      },
    },
    {
      id: 'V6.2',
      title: 'A version below 1 is refused',
      severity: 'SHOULD',
      source: 'boti: bad input',
      why: 'There is none: the request is broken.',
      remedy: 'Answer CpiError or NotImplemented for versions below 1.',
      async check(t) {
        for (const version of [0, -1]) await t.refuses('has_vm', [t.unknown('vm')], { version });
      },
    },
  ],
);
