import type { VmNetworks } from '@boti/cpi-sdk';

/** What came of an attempt to reach the agent's HTTPS bus. */
export interface BusProbe {
  readonly host: string;
  readonly port: number;
  /** Of the TCP connection. `refused`: something is there, and nothing listens; `timeout`: nothing answered at all. */
  readonly tcp: 'open' | 'refused' | 'timeout' | 'unreachable' | 'unknown-host';
  readonly tls?: TlsProbe;
  readonly http?: HttpProbe;
}

export interface TlsProbe {
  /** Node's code of why the certificate is not believed; undefined when it is. */
  readonly problem: string | undefined;
  readonly subject: string;
  readonly issuer: string;
  readonly names: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly selfSigned: boolean;
}

export interface HttpProbe {
  readonly status: number;
  /** The VM's clock, as far as its answer tells it. */
  readonly date: Date | undefined;
}

/** All that could be learned of a VM whose agent is silent. What could not be asked is undefined. */
export interface BootEvidence {
  /** This machine's clock. */
  readonly now: Date;
  readonly vmCid: string;
  /** The instance that it is for, for people. */
  readonly instance?: string | undefined;
  readonly vmExists?: boolean | undefined;
  readonly console?: string | undefined;
  readonly networks: VmNetworks;
  /** Of the HTTPS bus (create-env). */
  readonly bus?: BusProbe | undefined;
  /** Whether the address answered before there was the VM. */
  readonly answeredBefore?: boolean | undefined;
  /** What the settings tell the agent to listen on or to connect to, where that is known. */
  readonly settingsBus?: string | undefined;
  /** Whether the agent is on the message bus (Director). */
  readonly isOnBus?: boolean | undefined;
  /** Lines about this agent in the log of the message bus. */
  readonly busLog?: string | undefined;
}
