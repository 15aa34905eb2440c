import type { AgentClient } from '@boti/agent-client';
import type { CertificateSet } from '@boti/agent-protocol';
import type { Blobstore } from '@boti/blobstore';
import type { CompileCache } from '@boti/compile-cache';
import type { Clock, Logger } from '@boti/core';
import type { Cloud } from '@boti/cpi-sdk';
import type { TemplateRenderer } from '@boti/templates';
import type { Database } from '../database/sql.ts';
import type { Deployment } from '../deployments/deployment-store.ts';
import type { WithLock } from '../locks/with-lock.ts';
import type { EventLog } from '../tasks/event-log.ts';
import type { JobSources } from './job-sources.ts';

export type { Progress } from '../tasks/event-log.ts';

export interface Clouds {
  /** The calls of one CPI ('' is the default one). They are logged to the task and end when it is cancelled. */
  of(
    cpi: string,
    call?: { readonly stemcellApiVersion?: number | null; readonly creationId?: string },
  ): Required<Cloud>;
}

export interface Agents {
  /** `instance` is the name in error texts: `redis/<uuid>`. What fails throws RpcRemoteException or RpcTimeout. */
  of(agentId: string, instance: string): AgentClient;
  /** Whether an agent with this id is on the bus, be it silent. */
  isListening(agentId: string): Promise<boolean>;
}

/** Who may talk on the bus. */
export interface BusAccess {
  /** Makes the certificate of a new agent and lets it in; must come before create_vm. */
  admit(agentId: string): Promise<CertificateSet>;
  /** Throws the agents out that have no VM any more. */
  refresh(): Promise<void>;
}

export interface DeploySettings {
  readonly directorName: string;
  readonly directorUuid: string;
  readonly maxThreads: number;
  readonly agentWaitTimeoutMs: number;
  /** How long an agent may take to say what runs on its VM. */
  readonly agentStateTimeoutMs: number;
  readonly maxVmCreateTries: number;
  readonly enableSnapshots: boolean;
  readonly enablePostDeploy: boolean;
  /** Manual subnets may lack a gateway. */
  readonly ignoreMissingGateway: boolean;
  readonly keepUnreachableVms: boolean;
  /** `agent.env.bosh`: put under every instance group's own `env.bosh`. */
  readonly agentEnv: Readonly<Record<string, unknown>>;
  /** The bus as VMs reach it; empty: the CPI tells its VMs. */
  readonly agentBusUrls: readonly string[];
  readonly trustedCerts: string;
}

/** What every step of a deploy may use. */
export interface DeployContext {
  readonly taskId: number;
  readonly user: string | null;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventLog;
  readonly database: Database;
  readonly deployment: Deployment;
  readonly clouds: Clouds;
  readonly agents: Agents;
  readonly busAccess: BusAccess;
  readonly blobstore: Blobstore;
  readonly renderer: TemplateRenderer;
  readonly jobSources: JobSources;
  /** Holds a named lock while `work` runs. */
  readonly withLock: WithLock;
  readonly compileCache: CompileCache;
  readonly settings: DeploySettings;
  /** For large files on their way. */
  readonly workDir: string;
  /** The same for clearing up: its calls go on, for some minutes at most, though the task is to end. */
  readonly forCleanUp: () => DeployContext;
  /** Publishes to the health monitor: `hm.director.alert`. */
  readonly publish: (subject: string, payload: unknown) => void;
  readonly newUuid: () => string;
}
