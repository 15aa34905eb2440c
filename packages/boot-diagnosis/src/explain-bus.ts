import type { Finding } from './causes.ts';
import type { BootEvidence, BusProbe, TlsProbe } from './evidence.ts';

const skewLimitMs = 60_000;

/** What the attempt to reach the agent's HTTPS bus tells. */
export function explainBus(evidence: BootEvidence): readonly Finding[] {
  const { bus } = evidence;
  if (bus === undefined) return [];
  return [
    ...explainTcp(bus, evidence),
    ...(bus.tls === undefined ? [] : explainTls(bus.tls, bus, evidence)),
    ...explainHttp(bus, evidence),
  ];
}

function explainTcp(bus: BusProbe, { settingsBus, vmCid }: BootEvidence): readonly Finding[] {
  const at = `${bus.host}:${bus.port}`;
  if (bus.tcp === 'refused') return [portDiffers(bus, settingsBus) ?? portClosed(at, vmCid, settingsBus)];
  if (bus.tcp === 'unknown-host') {
    return [
      {
        cause: 'bus-unreachable',
        text: `The name '${bus.host}' has no address.`,
        remedy: 'Write an address into cloud_provider.mbus, or make the name known to DNS.',
      },
    ];
  }
  if (bus.tcp === 'open') return [];
  const reason = bus.tcp === 'timeout' ? 'nothing answers' : 'there is no route';
  return [
    {
      cause: 'port-filtered',
      text: `From this machine ${at} cannot be reached: ${reason}.`,
      remedy: `Check that this machine has a way into the VM's network, that security groups let port ${bus.port} in, and that gateway and address of the VM are right.`,
    },
  ];
}

function portDiffers(bus: BusProbe, settingsBus: string | undefined): Finding | undefined {
  const port = settingsBus === undefined ? undefined : Number(URL.parse(settingsBus)?.port || 443);
  if (port === undefined || port === bus.port) return undefined;
  return {
    cause: 'bus-port-differs',
    text: `The agent is told to listen on port ${port}, but is looked for on port ${bus.port}.`,
    remedy: 'Give cloud_provider.mbus and cloud_provider.properties.agent.mbus the same port.',
  };
}

function portClosed(at: string, vmCid: string, settingsBus: string | undefined): Finding {
  const untold =
    settingsBus === undefined ? ' cloud_provider.properties.agent.mbus, which tells it where, is not there.' : '';
  return {
    cause: 'port-closed',
    text: `VM '${vmCid}' is up (it refuses the connection), but nothing listens at ${at}: its agent has not started, or listens elsewhere.${untold}`,
    remedy:
      'Look at /var/vcap/bosh/log/current on the VM, and compare cloud_provider.mbus with cloud_provider.properties.agent.mbus.',
  };
}

function explainTls(tls: TlsProbe, bus: BusProbe, evidence: BootEvidence): readonly Finding[] {
  if (tls.problem === undefined) return [];
  const { now } = evidence;
  if (now < tls.validFrom) return [notYetValid(tls, bus, now)];
  if (now > tls.validTo) return [expired(tls, bus, now)];
  if (tls.problem === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return [
      {
        cause: 'certificate-name-wrong',
        text: `The certificate of the agent is for ${tls.names === '' ? `'${tls.subject}'` : tls.names}, not for '${bus.host}'.`,
        remedy: `Make it with '${bus.host}' among its alternative_names (the variable behind env.bosh.mbus.cert).`,
      },
    ];
  }
  return [wrongAuthority(tls, bus, evidence)];
}

function notYetValid({ validFrom }: TlsProbe, { http }: BusProbe, now: Date): Finding {
  const own = `The certificate of the agent is valid only from ${validFrom.toISOString()}, and this machine's clock says ${now.toISOString()}.`;
  const theirs = http?.date === undefined ? '' : ` The VM's clock says ${http.date.toISOString()}.`;
  return {
    cause: 'clock-skew',
    text: `${own}${theirs} A clock is wrong: here, or where the certificate was made.`,
    remedy: "Correct this machine's clock; if it is right, make the certificate again.",
  };
}

function expired({ validTo }: TlsProbe, _bus: BusProbe, now: Date): Finding {
  return {
    cause: 'certificate-expired',
    text: `The certificate of the agent has expired on ${validTo.toISOString()}; it is ${now.toISOString()} here.`,
    remedy:
      "Delete the variable behind env.bosh.mbus.cert from the vars store so that it is made again, then run create-env with --recreate. If the date here is wrong, correct this machine's clock.",
  };
}

function wrongAuthority(tls: TlsProbe, { host }: BusProbe, { answeredBefore }: BootEvidence): Finding {
  const made = tls.selfSigned ? 'signed by itself' : `issued by '${tls.issuer}'`;
  const other = answeredBefore === true ? ` Something answered at ${host} before the VM was there, too.` : '';
  return {
    cause: 'ca-wrong',
    text: `The certificate at ${host} ('${tls.subject}', ${made}) is not by the authority in cloud_provider.cert.ca (${tls.problem}).${other}`,
    remedy:
      'cloud_provider.cert.ca must be the authority of env.bosh.mbus.cert. If the certificate is none that you know, another machine has this address.',
  };
}

function explainHttp({ http, host }: BusProbe, { now }: BootEvidence): readonly Finding[] {
  if (http === undefined) return [];
  const findings: Finding[] = [];
  if (http.status === 401) {
    findings.push({
      cause: 'credentials-wrong',
      text: `The agent at ${host} refuses user and password of cloud_provider.mbus (HTTP 401).`,
      remedy: 'cloud_provider.mbus and cloud_provider.properties.agent.mbus must have the same user and password.',
    });
  }
  if (http.date !== undefined && Math.abs(http.date.getTime() - now.getTime()) > skewLimitMs) {
    const seconds = Math.round((http.date.getTime() - now.getTime()) / 1000);
    findings.push({
      cause: 'clock-skew',
      text: `The VM's clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} this machine's.`,
      remedy: 'Correct the wrong one: certificates and tokens depend on it.',
    });
  }
  return findings;
}
