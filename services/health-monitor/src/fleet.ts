import type { Heartbeat } from '@boti/agent-protocol';

/** One instance as the Director knows it. */
export interface ExpectedInstance {
  readonly deployment: string;
  readonly group: string;
  readonly id: string;
  readonly agentId: string | undefined;
  readonly expectsVm: boolean;
}

/** What the Director says of all deployments. */
export interface Expectation {
  readonly instances: readonly ExpectedInstance[];
  /** Deployments that are being changed: they are not as they shall be, and that is nobody's fault. */
  readonly locked: ReadonlySet<string>;
}

export interface AgentStatus {
  /** Undefined for one that belongs to no deployment. */
  readonly instance: ExpectedInstance | undefined;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly heartbeat: Heartbeat | undefined;
}

export interface Sick {
  readonly agentId: string | undefined;
  readonly instance: ExpectedInstance;
  readonly problem: 'timed out' | 'no VM';
}

/** What is known of all agents. Times are milliseconds; the caller says what time it is. */
export class Fleet {
  readonly #agents = new Map<string, AgentStatus>();
  #expected: readonly ExpectedInstance[] = [];
  #locked: ReadonlySet<string> = new Set();
  #isSynced = false;

  /** False until the Director has said which instances there are. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  get agents(): ReadonlyMap<string, AgentStatus> {
    return this.#agents;
  }

  get expected(): readonly ExpectedInstance[] {
    return this.#expected;
  }

  /** What the Director says replaces what was known; an agent that is new to us has its time to be heard of. */
  expect({ instances, locked }: Expectation, now: number): void {
    const owners = new Map(
      instances.flatMap((one) => (one.agentId === undefined ? [] : [[one.agentId, one] as const])),
    );
    for (const [agentId, status] of this.#agents) {
      const instance = owners.get(agentId);
      // Its VM is gone.
      if (instance === undefined && status.instance !== undefined) this.#agents.delete(agentId);
      else this.#agents.set(agentId, { ...status, instance });
    }
    for (const [agentId, instance] of owners) {
      if (this.#agents.has(agentId)) continue;
      this.#agents.set(agentId, { instance, firstSeen: now, lastSeen: now, heartbeat: undefined });
    }
    this.#expected = instances;
    this.#locked = locked;
    this.#isSynced = true;
  }

  beat(agentId: string, heartbeat: Heartbeat, now: number): void {
    const known = this.#agents.get(agentId);
    this.#agents.set(agentId, {
      instance: known?.instance,
      firstSeen: known?.firstSeen ?? now,
      lastSeen: now,
      heartbeat,
    });
  }

  /** An agent has said that it stops. */
  forget(agentId: string): void {
    this.#agents.delete(agentId);
  }

  /** Instances that are not as they should be. */
  sick(now: number, timeoutMs: number): readonly Sick[] {
    const withoutVm = this.#expected
      .filter(({ expectsVm, agentId }) => expectsVm && agentId === undefined)
      .map((instance): Sick => ({ agentId: undefined, instance, problem: 'no VM' }));
    const silent = [...this.#agents].flatMap(([agentId, { instance, lastSeen }]): readonly Sick[] =>
      instance !== undefined && now - lastSeen > timeoutMs ? [{ agentId, instance, problem: 'timed out' }] : [],
    );
    return [...silent, ...withoutVm].filter(({ instance }) => !this.#locked.has(instance.deployment));
  }

  /** Agents that belong to no deployment for some time. */
  rogues(now: number, ageMs: number): readonly string[] {
    return [...this.#agents].flatMap(([agentId, { instance, firstSeen, lastSeen }]) =>
      instance === undefined && now - firstSeen > ageMs && now - lastSeen < ageMs ? [agentId] : [],
    );
  }
}
