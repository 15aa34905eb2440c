import { allVersions, ruleSet } from '../rule.ts';
import type { Listing } from '../run/listing.ts';
import type { Trial } from '../run/trial.ts';
import { graceMs } from '../target/process-call.ts';

type Signal = 'SIGTERM' | 'SIGKILL';
const moments = [0.35, 0.6, 0.8, 0.95];

/** Kills calls of this method at several moments of their usual time. */
async function killAtMoments(t: Trial, method: string, signal: Signal, args: () => Promise<readonly unknown[]>) {
  const usual = await t.call(method, await args(), { transport: 'process', ...t.slowly() });
  const killed = [];
  for (const moment of moments) {
    const kill = { afterMs: Math.max(5, usual.durationMs * moment), signal };
    killed.push(await t.attempt(method, await args(), { transport: 'process', ...t.slowly(), kill }));
  }
  return killed;
}

/** What was made for calls that were killed, asked for by id; null where nothing is left. */
async function findMade(t: Trial, ids: readonly string[]): Promise<readonly (string | null)[]> {
  const found = [];
  for (const id of ids) found.push((await t.succeeds('find_creation', [id])) as string | null);
  return found;
}

/** Everything new must be known: made and answered, or found by its id. */
async function expectNothingUnknown(t: Trial, before: Listing, ids: readonly string[]): Promise<void> {
  const found = await findMade(t, ids);
  const known = new Set([...found, ...t.run.ledger.present().map(({ cid }) => cid)]);
  for (const kind of ['vm', 'disk', 'stemcell', 'snapshot'] as const) {
    const left = (await t.newSince(before, kind)).filter((cid) => !known.has(cid));
    t.expect(left.length === 0, `no ${kind} that nobody knows after calls were killed`, left.join(', '));
  }
  for (const cid of found) if (cid !== null) t.run.ledger.add({ kind: kindOf(t, cid), cid, owner: t.owner });
}

function kindOf(t: Trial, cid: string): 'vm' | 'disk' {
  return t.rule.title.includes('create_disk') && cid !== '' ? 'disk' : 'vm';
}

/** P7, M11: calls that are ended before they have answered. */
export const killedCallRules = ruleSet(
  {
    level: 'chaos',
    versions: allVersions,
    severity: 'MUST',
    source: 'boti: cancelled tasks, deadlines, and Directors that crash',
    when: 'alone',
    why: 'What a killed call has made is nobody’s: it costs, holds addresses, and meets the next VM.',
    remedy:
      'Write down what you are about to make before you make it, and remove it in the next call for the same agent id.',
  },
  [
    {
      id: 'P7.2',
      title: 'create_vm that gets SIGTERM ends within 15 seconds',
      severity: 'SHOULD',
      async check(t) {
        await t.make.stemcell();
        for (const exchange of await killAtMoments(t, 'create_vm', 'SIGTERM', () => t.make.vmArguments())) {
          const limit = graceMs - 500;
          t.expect(
            exchange.durationMs < limit + 2000,
            'the end within 15 s of SIGTERM',
            'it had to be killed',
            exchange,
          );
        }
      },
    },
    {
      id: 'P7.3',
      title: 'create_vm that gets SIGTERM leaves nothing that nobody knows',
      severity: 'SHOULD',
      mustWith: 'journal',
      needs: { extensions: ['list', 'journal'] },
      check: (t) => killedVms(t, 'SIGTERM'),
    },
    {
      id: 'M11.1',
      title: 'create_vm that gets SIGKILL leaves nothing that nobody knows',
      severity: 'SHOULD',
      mustWith: 'journal',
      needs: { extensions: ['list', 'journal'] },
      check: (t) => killedVms(t, 'SIGKILL'),
    },
    {
      id: 'M11.2',
      title: 'create_vm for the agent id of a killed call makes one VM in the end',
      severity: 'SHOULD',
      mustWith: 'journal',
      needs: { extensions: ['list'] },
      async check(t) {
        const before = await t.listed();
        const networks = t.make.manualNetwork();
        const args = await t.make.vmArguments({ networks });
        await killAtMoments(t, 'create_vm', 'SIGKILL', async () => args);
        await t.succeeds('create_vm', args);
        const left = await t.newSince(before, 'vm');
        t.expect(left.length === 1, 'one VM', `${left.length}: ${left.join(', ')}`);
      },
    },
    {
      id: 'M11.3',
      title: 'The address of a create_vm that was killed can be given to the next VM of that agent',
      severity: 'SHOULD',
      async check(t) {
        const args = await t.make.vmArguments();
        await killAtMoments(t, 'create_vm', 'SIGKILL', async () => args);
        await t.succeeds('create_vm', args);
      },
    },
    {
      id: 'M11.4',
      title: 'create_disk that is killed leaves nothing that nobody knows',
      severity: 'SHOULD',
      mustWith: 'journal',
      needs: { extensions: ['list', 'journal'] },
      async check(t) {
        const before = await t.listed();
        const { size, cloud_properties } = t.config.disk;
        const killed = await killAtMoments(t, 'create_disk', 'SIGKILL', async () => [size, cloud_properties, null]);
        await expectNothingUnknown(t, before, killed.map(creationId));
      },
    },
    {
      id: 'P7.4',
      title: 'attach_disk, detach_disk and delete_vm that are killed can be repeated',
      why: 'The Director repeats what it does not know to be done.',
      remedy: 'Begin by looking at what is there; take what is half-way on from there.',
      async check(t) {
        const { cid: vm } = await t.make.vm();
        const disk = await t.make.disk();
        const usual = await t.call('has_vm', [vm], { transport: 'process' });
        const kill = (method: string, args: readonly unknown[], moment: number) =>
          t.attempt(method, args, {
            transport: 'process',
            kill: { afterMs: usual.durationMs * moment, signal: 'SIGKILL' },
          });
        for (const moment of [0.6, 0.9]) await kill('attach_disk', [vm, disk], moment);
        await t.succeeds('attach_disk', [vm, disk]);
        for (const moment of [0.6, 0.9]) await kill('detach_disk', [vm, disk], moment);
        const { answer } = await t.call('detach_disk', [vm, disk]);
        const isFine = answer?.error === null || answer?.error?.type.endsWith('DiskNotAttached') === true;
        t.expect(isFine, 'success or DiskNotAttached', answer?.error?.message ?? '');
        for (const moment of [0.6, 0.9]) await kill('delete_vm', [vm], moment);
        await t.succeedsOrIsGone('delete_vm', [vm], ['VMNotFound']);
        await t.expectGone('vm', vm, 'after delete_vm was repeated');
        await t.expectThere('disk', disk, 'after its VM was deleted');
      },
    },
    {
      id: 'P7.5',
      title: 'After killed calls the CPI works as before',
      async check(t) {
        const usual = await t.call('info', [], { transport: 'process' });
        for (const moment of [0.5, 0.8]) {
          await t.attempt('create_vm', await t.make.vmArguments(), {
            transport: 'process',
            kill: { afterMs: usual.durationMs * moment, signal: 'SIGKILL' },
          });
        }
        const { vm, disk } = await t.make.attached();
        await t.succeeds('detach_disk', [vm, disk]);
        await t.succeeds('delete_vm', [vm]);
        await t.expectGone('vm', vm, 'after delete_vm');
      },
    },
  ],
);

async function killedVms(t: Trial, signal: Signal): Promise<void> {
  await t.make.stemcell();
  const before = await t.listed();
  const killed = await killAtMoments(t, 'create_vm', signal, () => t.make.vmArguments());
  await expectNothingUnknown(t, before, killed.map(creationId));
  // The next create_vm takes away what was half-way.
  await t.make.vm();
  await expectNothingUnknown(t, before, killed.map(creationId));
}

function creationId({ request }: { readonly request: unknown }): string {
  const { context } = request as { readonly context: { readonly boti_creation?: string } };
  return context.boti_creation ?? '';
}
