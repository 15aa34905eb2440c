import { allVersions, ruleSet } from '../rule.ts';
import type { MadeVm } from '../run/fixtures.ts';
import type { Trial } from '../run/trial.ts';
import { canonical } from '../run/trial.ts';

type Networks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const instanceNetworks =
  'bosh bosh-director lib/bosh/director/deployment_plan/network_settings.rb; docs-bosh, CPI create_vm';

async function vmNetworks(t: Trial, networks: object): Promise<Networks> {
  const { networks: answered } = await vmOrNotSupported(t, networks);
  t.expect(
    typeof answered === 'object' && answered !== null && !Array.isArray(answered),
    'networks beside the cid',
    JSON.stringify(answered) ?? 'nothing',
  );
  return answered as Networks;
}

/** Some clouds lack kinds of networks: NotSupported says so. */
async function vmOrNotSupported(t: Trial, networks: object): Promise<MadeVm> {
  const args = await t.make.vmArguments({ networks });
  const exchange = await t.call('create_vm', args);
  const { error, result } = exchange.answer ?? { error: null, result: null };
  if (error !== null && /NotSupported|NotImplemented/.test(error.type)) {
    t.notApplicable(`the CPI says that it does not support this: ${error.message}`);
  }
  t.expect(error === null, 'create_vm to succeed', error?.message ?? '');
  const [cid, answered] = Array.isArray(result) ? (result as unknown[]) : [result];
  return { cid: String(cid), agentId: String(args[0]), networks: answered, asked: networks, exchange };
}

/** N: networks of create_vm. */
export const networkRules = ruleSet({ level: 'live', versions: [2, 3], severity: 'MUST', source: instanceNetworks }, [
  {
    id: 'N1.1',
    title: 'The networks that create_vm answers have the names of those that were asked for',
    why: 'The Director looks them up by name, and the instance has no address where a name is missing.',
    remedy: 'Answer each network of the request under its name.',
    async check(t) {
      const { manual } = t.config.networks;
      const asked = {
        [manual.name]: { ...t.make.manual(), default: ['dns', 'gateway'] },
        'zweites netz': t.make.manual(),
      };
      const networks = await vmNetworks(t, asked);
      t.same(Object.keys(networks).toSorted(), Object.keys(asked).toSorted(), 'the names of the networks');
    },
  },
  {
    id: 'N1.2',
    title: 'A manual network comes out with the address that was asked for',
    why: 'Links, DNS and certificates name this address.',
    remedy: 'Give the VM exactly this address, and answer it.',
    async check(t) {
      const asked = t.make.manualNetwork() as Networks;
      const networks = await vmNetworks(t, asked);
      for (const [name, network] of Object.entries(asked)) {
        t.same(networks[name]?.ip, network.ip, `ip of '${name}'`);
        t.same(networks[name]?.type ?? 'manual', 'manual', `type of '${name}'`);
      }
    },
  },
  {
    id: 'N1.3',
    title: 'Two networks keep their own addresses',
    source: 'boti: mixed-up ids',
    why: 'Swapped, the VM is not reachable on either of them.',
    remedy: 'Go by the name of the network, not by the order of keys.',
    async check(t) {
      const asked = {
        zz: { ...t.make.manual(), default: ['dns', 'gateway'] },
        aa: t.make.manual(),
      } as unknown as Networks;
      const networks = await vmNetworks(t, asked);
      for (const name of ['zz', 'aa']) t.same(networks[name]?.ip, asked[name]?.ip, `ip of '${name}'`);
    },
  },
  {
    id: 'N1.4',
    title: 'Two VMs keep their own addresses',
    source: 'boti: mixed-up ids',
    why: 'The second VM with the first one’s address takes its traffic.',
    remedy: 'Keep nothing of one call for the next.',
    async check(t) {
      const [a, b] = [t.make.manualNetwork(), t.make.manualNetwork()];
      t.same(addresses(await vmNetworks(t, a)), addresses(a as Networks), 'the addresses of the first VM');
      t.same(addresses(await vmNetworks(t, b)), addresses(b as Networks), 'the addresses of the second VM');
    },
  },
  {
    id: 'N1.5',
    title: 'netmask, gateway, dns and default come out as they went in',
    severity: 'SHOULD',
    why: 'The Director keeps what comes back for the instance.',
    remedy: 'Change only what the cloud has chosen itself.',
    async check(t) {
      const asked = t.make.manualNetwork() as Networks;
      const networks = await vmNetworks(t, asked);
      for (const [name, network] of Object.entries(asked)) {
        for (const key of ['netmask', 'gateway', 'dns', 'default']) {
          if (network[key] !== undefined) t.same(networks[name]?.[key], network[key], `${key} of '${name}'`);
        }
      }
    },
  },
  {
    id: 'N1.6',
    title: 'A network without type is manual',
    severity: 'SHOULD',
    why: 'Old Directors and create-env leave it out for manual networks.',
    remedy: "Take 'manual' when the key is missing.",
    async check(t) {
      const { type: _type, ...network } = t.make.manual() as Readonly<Record<string, unknown>>;
      await t.make.vm({ networks: { default: { ...network, default: ['dns', 'gateway'] } } });
    },
  },
  {
    id: 'N1.7',
    title: 'A network without gateway and dns is taken',
    severity: 'SHOULD',
    why: 'Networks that lead nowhere have none.',
    remedy: 'Treat gateway and dns as optional.',
    async check(t) {
      const { gateway: _gateway, dns: _dns, ...network } = t.make.manual() as Readonly<Record<string, unknown>>;
      await t.make.vm({ networks: { default: { ...network, dns: null, default: ['dns', 'gateway'] } } });
    },
  },
  {
    id: 'N1.8',
    title: 'Keys of a network that the CPI does not know are ignored',
    severity: 'SHOULD',
    why: 'nic_group and prefix are such keys of newer Directors.',
    remedy: 'Read what you know.',
    async check(t) {
      await t.make.vm({ networks: t.make.manualNetwork({ nic_group: '0', key_of_the_future: { a: 1 } }) });
    },
  },
  {
    id: 'N2.1',
    title: 'A dynamic network comes out with an address that the cloud has chosen',
    needs: { config: ['dynamic'] },
    why: 'The Director learns the address of a dynamic network from the answer alone.',
    remedy: 'Answer ip, netmask and gateway of the network as the cloud gave them.',
    async check(t) {
      const networks = await vmNetworks(t, dynamic(t));
      t.expect(isAddress(networks.default?.ip), 'an address', JSON.stringify(networks.default));
    },
  },
  {
    id: 'N2.2',
    title: 'VMs in a dynamic network have different addresses',
    needs: { config: ['dynamic'] },
    why: 'Two VMs of one address are both unreachable.',
    remedy: 'Leave the choice to the cloud, or lock while you choose.',
    async check(t) {
      const made = await Promise.all([1, 2, 3].map(() => vmNetworks(t, dynamic(t))));
      const ips = made.map((networks) => networks.default?.ip);
      t.expect(new Set(ips).size === ips.length, 'different addresses', ips.join(', '));
    },
  },
  {
    id: 'N2.3',
    title: 'A dynamic network beside a manual one leaves the manual one as it is',
    needs: { config: ['dynamic'] },
    why: 'An instance may have both.',
    remedy: 'Handle each network by its own type.',
    async check(t) {
      const manual = t.make.manual() as Readonly<Record<string, unknown>>;
      const networks = await vmNetworks(t, { a: dynamic(t).default, b: { ...manual, default: ['dns', 'gateway'] } });
      t.same(networks.b?.ip, manual.ip, "ip of 'b'");
      t.expect(
        isAddress(networks.a?.ip) && networks.a?.ip !== manual.ip,
        "another address for 'a'",
        JSON.stringify(networks),
      );
    },
  },
  {
    id: 'N3.1',
    title: 'A vip network is attached beside another one, and comes out under its name',
    needs: { config: ['vip'] },
    why: 'Floating addresses are asked for that way.',
    remedy: 'Bind the address to the VM; do not make an interface for it.',
    when: 'alone',
    async check(t) {
      const asked = { ...t.make.manualNetwork(), floating: { type: 'vip', ...t.config.networks.vip } } as Networks;
      const networks = await vmNetworks(t, asked);
      t.same(addresses(networks), addresses(asked), 'the addresses');
    },
  },
  {
    id: 'N4.1',
    title: 'An address that another VM has is refused, and that VM stays',
    severity: 'SHOULD',
    versions: allVersions,
    why: 'Two VMs of one address answer by turns.',
    remedy: 'Let the cloud check it, or look first.',
    async check(t) {
      const networks = t.make.manualNetwork();
      const { cid } = await t.make.vm({ networks });
      const { answer } = await t.call('create_vm', await t.make.vmArguments({ networks }));
      await t.expectThere('vm', cid, 'after another VM asked for its address');
      t.expect(
        answer?.error !== null,
        'an error for an address in use',
        JSON.stringify(answer?.result),
        t.exchanges.at(-2),
      );
    },
  },
  {
    id: 'N4.2',
    title: 'The address of a deleted VM can be given to the next one at once',
    versions: allVersions,
    why: 'Directors do so whenever they recreate an instance.',
    remedy: 'Release the address before delete_vm answers.',
    async check(t) {
      const networks = t.make.manualNetwork();
      const { cid } = await t.make.vm({ networks });
      await t.succeeds('delete_vm', [cid]);
      await t.succeeds('create_vm', await t.make.vmArguments({ networks }));
    },
  },
  {
    id: 'N4.3',
    title: 'The address of a create_vm that failed can be given to the next one',
    versions: allVersions,
    why: 'A leaked VM or port that holds the address makes every further try fail.',
    remedy: 'Release everything before the error is answered.',
    async check(t) {
      const networks = t.make.manualNetwork();
      await t.refuses('create_vm', await t.make.vmArguments({ networks, stemcell: t.unknown('stemcell') }));
      await t.call('create_vm', await t.make.vmArguments({ networks, diskCids: [t.unknown('disk')] }));
      const made = t.run.ledger.present(t.owner).filter(({ kind }) => kind === 'vm');
      for (const { cid } of made) await t.succeeds('delete_vm', [cid]);
      await t.succeeds('create_vm', await t.make.vmArguments({ networks }));
    },
  },
  {
    id: 'N5.1',
    title: 'A network of a type that there is not is refused',
    versions: allVersions,
    why: 'The VM would come up without it.',
    remedy: "Answer CpiError for types other than 'manual', 'dynamic' and 'vip'.",
    async check(t) {
      await t.refuses(
        'create_vm',
        await t.make.vmArguments({ networks: { default: { type: 'quantum', ip: '10.0.0.9' } } }),
      );
    },
  },
]);

function dynamic(t: Trial): { readonly default: object } {
  const { cloud_properties = {}, dns = [] } = t.config.networks.dynamic ?? {};
  return { default: { type: 'dynamic', dns, default: ['dns', 'gateway'], cloud_properties } };
}

function addresses(networks: Networks): string {
  return canonical(Object.fromEntries(Object.entries(networks).map(([name, { ip }]) => [name, ip])));
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]+)$/i.test(value);
}
