/** Upper limits by figure, and what upstream's Ruby Director needed where that was measured. docs/benchmarks.md. */
const budgets: Readonly<Record<string, number>> = {
  'director/deploy-10/task': 13.8 / 3,
  'director/deploy-50/task': 29.3 / 3,
  'director/deploy-10/cpu-per-vm': 0.1,
  'director/deploy-50/cpu-per-vm': 0.1,
  'director/no-op-1/task': 0.3,
  'director/no-op-50/task': 0.6,
  'director-large/no-op-1000/task': 10,
  'director-large/deploy-1000/task': 600,
  'director/vms-50/task': 0.3,
  'director/rss-empty': 300,
  'director/rss-61-vms': 350,
  'director/idle-cpu-61-vms': 1,
  'start-time/version': 80,
  'start-time/vms-help': 120,
  'upload-release/50-mb/wall': 1.4,
  'create-release/first/wall-to-upstream': 1,
  'create-release/first/memory-to-upstream': 2,
  'create-release/unchanged/wall-to-upstream': 1,
  'create-release/unchanged/memory-to-upstream': 2,
  'sync-blobs/s3/wall-to-upstream': 1,
  'sync-blobs/s3/memory-to-upstream': 2,
  'has-vm/1000-warm': 2,
  'sim-agents/10000/rss': 2000,
  'containers/agent-rss': 120,
  'containers/agent-private': 40,
  'stemcell/cold': 90,
  'stemcell/size': 250,
  'up/cold': 300,
  'up/warm': 60,
};

export function budgetOf(name: string): number | undefined {
  return budgets[name];
}
