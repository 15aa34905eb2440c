import type { AgentStatus, Fleet } from './fleet.ts';

/** The fleet in Prometheus' text format. */
export function metrics(fleet: Fleet, now: number, timeoutMs: number): string {
  const silent = new Set(fleet.sick(now, timeoutMs).map(({ agentId }) => agentId));
  const agents = [...fleet.agents].filter(([, { instance }]) => instance !== undefined);
  const gauge = (
    name: string,
    help: string,
    value: (id: string, status: AgentStatus) => number | undefined,
  ): string => {
    const lines = agents.flatMap(([id, status]) => {
      const number = value(id, status);
      return number === undefined || Number.isNaN(number) ? [] : [`${name}{${labels(status)}} ${number}\n`];
    });
    return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
  };
  const percent = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  return [
    gauge('boti_agent_up', 'Whether the agent was heard of in time', (id) => (silent.has(id) ? 0 : 1)),
    gauge('boti_instance_healthy', 'Whether all jobs run', (_, { heartbeat }) =>
      heartbeat === undefined ? undefined : Number(heartbeat.job_state === 'running'),
    ),
    gauge('boti_vm_memory_percent', 'Memory in use', (_, { heartbeat }) => percent(heartbeat?.vitals?.mem?.percent)),
    gauge('boti_vm_load_1m', 'Load average', (_, { heartbeat }) => percent(heartbeat?.vitals?.load?.[0])),
    gauge('boti_vm_persistent_disk_percent', 'Persistent disk in use', (_, { heartbeat }) =>
      percent(heartbeat?.vitals?.disk?.persistent?.percent),
    ),
  ].join('');
}

function labels({ instance }: AgentStatus): string {
  const { deployment = '', group = '', id = '' } = instance ?? {};
  return Object.entries({ deployment, group, id })
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');
}
