import type { Alert } from '@boti/agent-protocol';

/** Severities: 1 alert, 2 critical, 3 error, 4 warning. Source: bosh-agent agent/alert/monit_adapter.go. */
const critical = 2;
const severities: Readonly<Record<string, number>> = {
  'connection failed': 1,
  'execution failed': 1,
  'monit instance failed': 1,
  'does not exist': 1,
  'checksum failed': critical,
  'icmp failed': critical,
  'pid failed': critical,
  'ppid failed': critical,
  timeout: critical,
  'uid failed': critical,
  'connection changed': 3,
  'content failed': 3,
  "content doesn't match": 3,
  'data access error': 3,
  'filesystem flags failed': 3,
  'gid failed': 3,
  'heartbeat failed': 3,
  'invalid type': 3,
  'permission failed': 3,
  'resource limit matched': 3,
  'size failed': 3,
  'size changed': 3,
  'timestamp failed': 3,
};
const changes = new Set(
  [
    ...['checksum', 'data access', 'execution', 'filesystem flags', 'gid', 'heartbeat', 'icmp', 'type', 'existence'],
    ...['permission', 'pid', 'ppid', 'resource limit', 'timeout', 'timestamp', 'uid'],
  ].map((what) => `${what} changed`),
);
const ignored = new Set(['action done', 'exists', 'content match', 'timeout recovery', 'monit instance changed']);

/** What a mail of the job supervisor says, as an alert; undefined for events that nobody wants to hear of. */
export function alertOf(mail: string, ips: readonly string[], now: Date): Alert | undefined {
  const field = (name: string): string => new RegExp(`^${name}: *(.*)$`, 'im').exec(bodyOf(mail))?.[1]?.trim() ?? '';
  const event = field('Event');
  const severity = severityOf(event.toLowerCase());
  if (severity === undefined) return undefined;
  const addresses = ips.length === 0 ? '' : ` (${ips.toSorted().join(', ')})`;
  return {
    id: /^message-id: *<?([^>\r\n]*)>?/im.exec(mail)?.[1] ?? '',
    severity,
    title: `${field('Service')}${addresses} - ${event} - ${field('Action')}`,
    summary: field('Description'),
    created_at: Math.floor(timeOf(field('Date'), now) / 1000),
  };
}

function severityOf(event: string): number | undefined {
  if (ignored.has(event) || event.endsWith('succeeded') || event.endsWith('not changed')) return undefined;
  return severities[event] ?? (changes.has(event) ? 4 : critical);
}

function bodyOf(mail: string): string {
  const normal = mail.replaceAll('\r\n', '\n');
  const end = normal.indexOf('\n\n');
  return end < 0 ? normal : normal.slice(end + 2);
}

function timeOf(text: string, now: Date): number {
  const time = /[+-]\d{4}$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? now.getTime() : time;
}
