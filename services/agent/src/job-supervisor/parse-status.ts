/** One service as monit's status page describes it. */
export interface MonitService {
  readonly name: string;
  readonly groups: readonly string[];
  /** 0: all well. */
  readonly status: number;
  readonly statusMessage: string;
  /** 0 not monitored, 1 monitored, 2 starting. */
  readonly monitor: number;
  readonly isPending: boolean;
  readonly pid: number;
  readonly uptimeSecs: number;
  readonly memoryKb: number;
  readonly memoryPercent: number;
  readonly cpuPercent: number;
}

export interface MonitStatus {
  readonly incarnation: string;
  readonly services: readonly MonitService[];
}

/** Reads `/_status2?format=xml`: ours and that of monit 5.2, flat elements and no more. */
export function parseMonitStatus(xml: string): MonitStatus {
  const groups = [...xml.matchAll(/<servicegroup name="([^"]*)">(.*?)<\/servicegroup>/gs)].map(([, name, members]) => ({
    name: decode(name ?? ''),
    members: [...(members ?? '').matchAll(/<service>(.*?)<\/service>/gs)].map(([, member]) => decode(member ?? '')),
  }));
  const services = [...xml.matchAll(/<service name="([^"]*)">(.*?)<\/service>/gs)].map(([, encoded, body]) => {
    const name = decode(encoded ?? '');
    const memberOf = groups.filter((group) => group.members.includes(name)).map((group) => group.name);
    return serviceOf(name, memberOf, body ?? '');
  });
  return { incarnation: /<monit\b[^>]*\bincarnation="([^"]*)"/.exec(xml)?.[1] ?? '', services };
}

function serviceOf(name: string, groups: readonly string[], body: string): MonitService {
  const memory = element(body, 'memory');
  return {
    name,
    groups,
    status: number(body, 'status'),
    statusMessage: decode(element(body, 'status_message')),
    monitor: number(body, 'monitor'),
    isPending: number(body, 'pendingaction') > 0,
    pid: number(body, 'pid'),
    uptimeSecs: number(body, 'uptime'),
    memoryKb: number(memory, 'kilobytetotal'),
    memoryPercent: number(memory, 'percenttotal'),
    cpuPercent: number(element(body, 'cpu'), 'percenttotal'),
  };
}

function element(xml: string, name: string): string {
  return new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1]?.trim() ?? '';
}

function number(xml: string, name: string): number {
  return Number.parseFloat(element(xml, name)) || 0;
}

const entities: Readonly<Record<string, string>> = { amp: '&', apos: "'", gt: '>', lt: '<', quot: '"' };

function decode(text: string): string {
  const cdata = /^<!\[CDATA\[(.*)\]\]>$/s.exec(text);
  if (cdata !== null) return cdata[1] ?? '';
  return text.replaceAll(/&(?:#(\d+)|(\w+));/g, (whole, code?: string, name?: string) =>
    code === undefined ? (entities[name ?? ''] ?? whole) : String.fromCodePoint(Number(code)),
  );
}

/** The state of a service in BOSH's words. */
export function processState({ monitor, status }: MonitService): 'unknown' | 'starting' | 'running' | 'failing' {
  if (monitor === 0) return 'unknown';
  if (monitor === 2) return 'starting';
  return status === 0 ? 'running' : 'failing';
}
