import { ruleSet } from '../rule.ts';

/** M20: managed networks. */
export const managedNetworkRules = ruleSet(
  {
    level: 'live',
    versions: [2, 3],
    severity: 'MUST',
    source: 'bosh bosh-director lib/bosh/director/deployment_plan/stages/create_network.rb',
    needs: { methods: ['create_network'], config: ['managed'] },
  },
  [
    {
      id: 'M20.1',
      title: 'create_network answers [cid, addresses, cloud properties]',
      why: 'The Director keeps all three: the id to delete it, the range to give addresses, the properties for create_vm.',
      remedy: 'Answer a list of a text and two objects.',
      async check(t) {
        const result = await t.succeeds('create_network', [t.config.managed_network]);
        const [cid, addresses, properties] = Array.isArray(result) ? (result as unknown[]) : [];
        t.expect(typeof cid === 'string' && cid !== '', 'a cid as the first element', JSON.stringify(result));
        t.expect(isObject(addresses), 'an object as the second element', JSON.stringify(result));
        t.expect(isObject(properties), 'an object as the third element', JSON.stringify(result));
      },
    },
    {
      id: 'M20.2',
      title: 'create_network answers range and gateway, those that were asked for where any were',
      why: 'From them the Director gives addresses to VMs.',
      remedy: 'Answer {"range": …, "gateway": …, "reserved": […]} of the network that was made.',
      async check(t) {
        const wanted = t.config.managed_network ?? {};
        const result = await t.succeeds('create_network', [wanted]);
        const addresses = ((result as unknown[])[1] ?? {}) as Readonly<Record<string, unknown>>;
        for (const key of ['range', 'gateway']) {
          t.expect(typeof addresses[key] === 'string', `a text for '${key}'`, JSON.stringify(addresses));
          if (wanted[key] !== undefined) t.same(addresses[key], wanted[key], `'${key}'`);
        }
        const { reserved = [] } = addresses;
        t.expect(Array.isArray(reserved), "a list for 'reserved'", JSON.stringify(reserved));
      },
    },
    {
      id: 'M20.3',
      title: 'Each managed network has a cid of its own',
      why: 'The Director calls create_network once for each subnet, and deletes by cid.',
      remedy: 'Make ids that are unique.',
      async check(t) {
        const cids = [];
        for (let n = 0; n < 2; n += 1) {
          cids.push(((await t.succeeds('create_network', [t.config.managed_network])) as unknown[])[0]);
        }
        t.expect(cids[0] !== cids[1], 'two cids', JSON.stringify(cids));
      },
    },
  ],
);

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
