import type { Answer, Exchange } from '../target/exchange.ts';
import type { Ledger } from './ledger.ts';
import type { Run } from './run.ts';
import { secretEnv } from './secrets.ts';
import type { TrialCall } from './trial.ts';
import { Blocked, NotApplicable, RuleBroken } from './verdicts.ts';

/** What fixtures need of a check. */
interface Bench {
  readonly run: Run;
  readonly owner: string;
  readonly version: number;
  call(method: string, args: readonly unknown[], options?: TrialCall): Promise<Exchange>;
  agentId(): string;
}

export interface VmOptions {
  readonly agentId?: string;
  readonly networks?: object;
  readonly diskCids?: readonly string[];
  readonly cloudProperties?: object;
  readonly env?: object;
  readonly stemcell?: string;
}

export interface MadeVm {
  readonly cid: string;
  readonly agentId: string;
  /** Second part of the answer from version 2 on. */
  readonly networks: unknown;
  readonly asked: object;
  readonly exchange: Exchange;
}

/** Owner of what all checks share; it goes when the run ends. */
export const sharedOwner = 'run';

/** Makes what a check needs. A failure to do so is no verdict about the rule: the check is blocked. */
export class Fixtures {
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  get #ledger(): Ledger {
    return this.#bench.run.ledger;
  }

  /** The stemcell that the whole run shares. */
  async stemcell(): Promise<string> {
    const { run } = this.#bench;
    return await run.stemcell(async () => {
      const cid = await this.ownStemcell();
      this.#ledger.give('stemcell', cid, sharedOwner);
      return cid;
    });
  }

  async ownStemcell(): Promise<string> {
    return text(await this.#result('create_stemcell', await this.stemcellArguments()), 'create_stemcell');
  }

  async stemcellArguments(): Promise<readonly unknown[]> {
    const { run, version } = this.#bench;
    const { path, cloudProperties } = await run.image();
    const args = [path, { ...cloudProperties, ...run.config.stemcell.cloud_properties }];
    return version >= 3 ? [...args, { tags: { owner: 'conformance' } }] : args;
  }

  /** Arguments of create_vm, with a free address. */
  async vmArguments(options: VmOptions = {}): Promise<readonly unknown[]> {
    const { config, secrets } = this.#bench.run;
    return [
      options.agentId ?? this.#bench.agentId(),
      options.stemcell ?? (await this.stemcell()),
      options.cloudProperties ?? config.vm.cloud_properties,
      options.networks ?? this.manualNetwork(),
      options.diskCids ?? [],
      { ...secretEnv(secrets), ...config.vm.env, ...options.env },
    ];
  }

  async vm(options: VmOptions = {}): Promise<MadeVm> {
    const args = await this.vmArguments(options);
    const exchange = await this.#exchange('create_vm', args);
    const result = (exchange.answer as Answer).result;
    const [cid, networks] = Array.isArray(result) ? (result as unknown[]) : [result];
    return {
      cid: text(cid, 'create_vm', exchange),
      agentId: String(args[0]),
      networks,
      asked: args[3] as object,
      exchange,
    };
  }

  manualNetwork(more: object = {}): Readonly<Record<string, object>> {
    const { manual } = this.#bench.run.config.networks;
    return { [manual.name]: { ...this.manual(), default: ['dns', 'gateway'], ...more } };
  }

  /** One network of type manual with a free address. */
  manual(): object {
    const { addresses, config } = this.#bench.run;
    const { netmask, gateway, dns, cloud_properties } = config.networks.manual;
    return {
      type: 'manual',
      ip: addresses.take(this.#bench.owner),
      netmask,
      ...(gateway !== undefined && { gateway }),
      dns,
      cloud_properties,
    };
  }

  async disk(sizeMib = this.#bench.run.config.disk.size, vmCid: string | null = null): Promise<string> {
    const { cloud_properties } = this.#bench.run.config.disk;
    return text(await this.#result('create_disk', [sizeMib, cloud_properties, vmCid]), 'create_disk');
  }

  async attached(): Promise<{ readonly vm: string; readonly disk: string; readonly hint: unknown }> {
    const { cid: vm } = await this.vm();
    const disk = await this.disk(undefined, vm);
    return { vm, disk, hint: await this.attach(vm, disk) };
  }

  async attach(vm: string, disk: string): Promise<unknown> {
    return await this.#result('attach_disk', [vm, disk]);
  }

  async detach(vm: string, disk: string): Promise<void> {
    await this.#result('detach_disk', [vm, disk]);
  }

  async snapshot(disk: string): Promise<string> {
    return text(await this.#result('snapshot_disk', [disk, snapshotMetadata]), 'snapshot_disk');
  }

  async #result(method: string, args: readonly unknown[]): Promise<unknown> {
    return ((await this.#exchange(method, args)).answer as Answer).result;
  }

  async #exchange(method: string, args: readonly unknown[]): Promise<Exchange> {
    let exchange: Exchange;
    try {
      exchange = await this.#bench.call(method, args);
    } catch (error) {
      if (error instanceof RuleBroken) throw new Blocked(`'${method}' failed: ${error.got}`, error.exchange);
      throw error;
    }
    const { error } = exchange.answer as Answer;
    if (error === null) return exchange;
    if (error.type.endsWith('NotImplemented')) throw new NotApplicable(`the CPI does not implement '${method}'`);
    throw new Blocked(`'${method}' failed: ${error.type}: ${error.message}`, exchange);
  }
}

function text(value: unknown, method: string, exchange?: Exchange): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Blocked(`'${method}' answered no id: ${JSON.stringify(value)}`, exchange);
}

/** As Directors send it. Source: bosh bosh-director api/snapshot_manager.rb. */
export const snapshotMetadata = {
  deployment: 'conformance',
  job: 'web',
  index: 0,
  director_name: 'conformance',
  director_uuid: 'conformance',
  agent_id: 'conformance',
  instance_id: '7f2ba4a3-0f1b-4c43-9d4d-2f2b3b1f7e0e',
};
