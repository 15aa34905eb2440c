import { hostname } from 'node:os';
import type { Engine } from './engine.ts';
import { ticksPerSecond } from './process-table.ts';
import { monitorCode, type Service } from './service.ts';

const stopPending = 3;

/** The answer of `/_status2?format=xml` as monit 5.2 gives it. Text outside ISO-8859-1 is written as references. */
export function statusXml(engine: Engine, uptime: number): string {
  const services = [...engine.services.values()];
  return `<?xml version="1.0" encoding="ISO-8859-1"?>
<monit id="${engine.incarnation}" incarnation="${engine.incarnation}" version="5.2.5"><server><poll>${
    engine.pollMs / 1000
  }</poll><localhostname>${escapeXml(hostname())}</localhostname></server><services>${services
    .map((service) => serviceXml(service, uptime))
    .join('')}</services><servicegroups>${groupsXml(services)}</servicegroups></monit>
`;
}

function serviceXml(service: Service, uptime: number): string {
  const { check, failure, process } = service;
  const pending = service.phase === 'stopping' ? stopPending : 0;
  const status = service.phase === 'idle' ? (failure?.bit ?? 0) : 0;
  const message = status === 0 ? '' : tag('status_message', failure?.message ?? '');
  const running = process === undefined ? '' : processXml(service, uptime - process.startTicks / ticksPerSecond);
  return `<service name="${escapeXml(check.name)}"><type>3</type><status>${status}</status><status_hint>0</status_hint>${message}<monitor>${monitorCode(
    service,
  )}</monitor><monitormode>${['active', 'passive', 'manual'].indexOf(check.mode)}</monitormode><pendingaction>${pending}</pendingaction>${check.groups
    .map((group) => tag('group', group))
    .join('')}${running}</service>`;
}

function processXml({ process, usage }: Service, uptime: number): string {
  const kb = usage?.kb ?? process?.rssKb ?? 0;
  return [
    tag('pid', process?.pid ?? 0),
    tag('ppid', process?.ppid ?? 0),
    tag('uptime', Math.max(0, Math.floor(uptime))),
    tag('children', usage?.children ?? 0),
    `<memory>${tag('percent', usage?.memoryPercent ?? 0)}${tag('percenttotal', usage?.totalMemoryPercent ?? 0)}${tag(
      'kilobyte',
      kb,
    )}${tag('kilobytetotal', usage?.totalKb ?? kb)}</memory>`,
    `<cpu>${tag('percent', usage?.cpuPercent ?? 0)}${tag('percenttotal', usage?.totalCpuPercent ?? 0)}</cpu>`,
  ].join('');
}

function groupsXml(services: readonly Service[]): string {
  const groups = new Set(services.flatMap((service) => service.check.groups));
  return [...groups]
    .map((group) => {
      const members = services.filter((service) => service.check.groups.includes(group));
      return `<servicegroup name="${escapeXml(group)}">${members.map(({ check }) => tag('service', check.name)).join('')}</servicegroup>`;
    })
    .join('');
}

const tag = (name: string, content: string | number): string => `<${name}>${escapeXml(String(content))}</${name}>`;

function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"\u0100-\uffff]/g, (char) => `&#${char.charCodeAt(0)};`);
}
