import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allVersions, type Rule, ruleSet } from '../rule.ts';
import type { Trial } from '../run/trial.ts';
import { plausibleArguments } from '../spec/arguments.ts';
import { methods } from '../spec/methods.ts';

/** Files outside of everything that a CPI owns: nothing may happen to them. */
interface Canary {
  readonly dir: string;
  /** Says what was changed, made or removed in it; undefined when nothing was. */
  harm(): Promise<string | undefined>;
}

const victims = ['victim', 'victim.json', 'victim.img', 'victim.d/vm.json', 'victim.d/rootfs/file'];

async function openCanary(t: Trial): Promise<Canary> {
  const dir = join(t.run.workDir, `canary-${t.rule.id.replace('.', '-')}`);
  await mkdir(join(dir, 'victim.d/rootfs'), { recursive: true });
  for (const name of victims) await writeFile(join(dir, name), name);
  const before = await contents(dir);
  return {
    dir,
    async harm() {
      const now = await contents(dir);
      if (now === before) return undefined;
      return `the files of ${dir} are now: ${now.replaceAll('\n', ', ')}`;
    },
  };
}

async function contents(dir: string): Promise<string> {
  const names = await readdir(dir, { recursive: true });
  const texts = await Promise.all(names.toSorted().map(async (name) => `${name}=${await textOf(join(dir, name))}`));
  return texts.join('\n');
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '(folder)');
}

/** Calls every method with each text argument replaced. Answers do not matter, as long as there are some. */
async function everywhere(t: Trial, texts: readonly string[], canary: Canary, only?: readonly string[]): Promise<void> {
  const chosen = methods.filter(({ name }) => t.implements(name) && only?.includes(name) !== false);
  for (const spec of chosen) {
    const args = plausibleArguments(t, spec);
    for (const index of spec.parameters.keys()) {
      if (!isText(spec.parameters[index]?.kind ?? '')) continue;
      for (const text of texts) await t.call(spec.name, args.with(index, text));
      await expectUnharmed(t, canary);
    }
  }
}

function isText(kind: string): boolean {
  return kind.endsWith('cid') || kind === 'text' || kind === 'path';
}

async function expectUnharmed(t: Trial, canary: Canary): Promise<void> {
  const harm = await canary.harm();
  t.expect(harm === undefined, 'nothing to happen outside of the cloud', harm ?? '');
}

function injections(dir: string): readonly string[] {
  const touch = `touch ${dir}/pwned`;
  return [
    `$(${touch})`,
    `\`${touch}\``,
    `x; ${touch} #`,
    `x' ; ${touch} ; '`,
    `x" ; ${touch} ; "`,
    `x\n${touch}\n`,
    `x | ${touch}`,
    `--help; ${touch}`,
  ];
}

function traversals(dir: string): readonly string[] {
  const up = '../'.repeat(16);
  const inside = dir.slice(1);
  return [
    `${dir}/victim`,
    `${dir}/victim.d`,
    `${up}${inside}/victim`,
    `${up}${inside}/victim.d`,
    `x/${up}${inside}/victim.d`,
    `${up}${inside}/new`,
  ];
}

/** Ids that in a path mean the folder itself or the one above. */
const folderIds = ['.', '..', './', '../', '/', '../.', '*', '%2e%2e', '..\\..'];

/** H: input that is meant to break out. */
export const hostileInputRules: readonly Rule[] = ruleSet(
  {
    level: 'offline',
    versions: allVersions,
    severity: 'MUST',
    source: 'boti: bad input',
    why: 'CPIs run as root beside a Director. Ids and names come from manifests, from the cloud and from operators.',
    remedy:
      'Pass arguments as lists, never through a shell; check ids against a pattern before they become part of a path.',
  },
  [
    {
      id: 'H1.1',
      title: 'No argument is run by a shell',
      async check(t) {
        const canary = await openCanary(t);
        await everywhere(t, injections(canary.dir), canary);
      },
    },
    {
      id: 'H1.2',
      title: 'No id leads to files of others: nothing outside of the cloud is changed or deleted',
      async check(t) {
        const canary = await openCanary(t);
        const ids = methods
          .filter(({ name }) => name !== 'create_stemcell' && name !== 'create_vm')
          .map(({ name }) => name);
        await everywhere(t, traversals(canary.dir), canary, ids);
      },
    },
    {
      id: 'H1.3',
      title: 'Paths as ids name nothing that is there',
      why: 'Who can have has_disk look at any path can look for files of the machine.',
      async check(t) {
        const canary = await openCanary(t);
        for (const id of [...traversals(canary.dir), ...folderIds]) {
          for (const method of ['has_vm', 'has_disk']) {
            const { answer } = await t.call(method, [id]);
            t.expect(answer?.result !== true, `false or an error from ${method}`, `true for '${id}'`);
          }
        }
      },
    },
    {
      id: 'H1.4',
      title: 'Folder names as ids delete nothing',
      level: 'live',
      when: 'alone',
      why: '`.` and `..` as an id are the folder of all VMs, or of the whole cloud.',
      async check(t) {
        const { vm, disk } = await t.make.attached();
        const stemcell = await t.make.stemcell();
        for (const id of folderIds) {
          for (const method of ['delete_vm', 'delete_disk', 'delete_stemcell', 'delete_snapshot']) {
            if (t.implements(method)) await t.call(method, [id]);
          }
          await t.call('detach_disk', [id, id]);
        }
        await t.expectThere('vm', vm, 'after folder names were deleted');
        await t.expectThere('disk', disk, 'after folder names were deleted');
        await t.make.vm({ stemcell });
      },
    },
    {
      id: 'H1.5',
      title: 'An agent id that is a path or a command makes no files outside of the cloud',
      level: 'live',
      async check(t) {
        const canary = await openCanary(t);
        for (const agentId of [...traversals(canary.dir), ...injections(canary.dir), '.', '..']) {
          await t.call('create_vm', await t.make.vmArguments({ agentId }));
          await expectUnharmed(t, canary);
          for (const { cid } of t.run.ledger.present(t.owner)) await t.call('delete_vm', [cid]);
          await expectUnharmed(t, canary);
        }
      },
    },
    {
      id: 'H1.6',
      title: 'Metadata, networks and env with commands in them are text and nothing more',
      level: 'live',
      async check(t) {
        const canary = await openCanary(t);
        const texts = injections(canary.dir);
        const bad = Object.fromEntries(texts.map((text, index) => [index % 2 === 0 ? `key${index}` : text, text]));
        const { cid } = await t.make.vm({ env: { bad, bosh: { group: texts[0], tags: bad } } });
        const disk = await t.make.disk();
        if (t.implements('set_vm_metadata')) await t.call('set_vm_metadata', [cid, bad]);
        if (t.implements('set_disk_metadata')) await t.call('set_disk_metadata', [disk, bad]);
        if (t.implements('snapshot_disk')) await t.call('snapshot_disk', [disk, bad]);
        for (const text of texts) {
          const network = { ...t.make.manual(), default: ['dns', 'gateway'] };
          for (const key of ['ip', 'netmask', 'gateway']) {
            await t.call('create_vm', await t.make.vmArguments({ networks: { default: { ...network, [key]: text } } }));
          }
          await t.call('create_vm', await t.make.vmArguments({ networks: { [text]: network } }));
          await removeVms(t, cid);
        }
        await expectUnharmed(t, canary);
      },
    },
    {
      id: 'H2.1',
      title: 'Ids of ten thousand characters are answered like others that are not there',
      async check(t) {
        const long = 'x'.repeat(10_000);
        const canary = await openCanary(t);
        await everywhere(t, [long, `${long}/${long}`], canary);
        await likeUnknown(t, 'has_vm', t.unknown('vm'), long);
        await likeUnknown(t, 'has_disk', t.unknown('disk'), long);
      },
    },
    {
      id: 'H2.2',
      title: 'Ids with other scripts, line breaks, quotes and control characters are answered like others',
      async check(t) {
        const canary = await openCanary(t);
        await everywhere(
          t,
          ['ключ-鍵-🔑', 'a\nb\r\nc', '"\'\\', '\u0007\u001b[31m\u007f', 'a\u0000b', '\ud83d'],
          canary,
        );
      },
    },
    {
      id: 'H2.3',
      title: 'Keys that mean something in programming languages do no harm in objects',
      async check(t) {
        const before = (await t.call('has_vm', [t.unknown('vm')])).answer;
        const evil = JSON.parse(
          '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
        ) as object;
        const spec = methods.filter(
          ({ name, parameters }) => t.implements(name) && parameters.some(({ kind }) => kind === 'object'),
        );
        for (const { name, parameters } of spec) {
          const args = plausibleArguments(t, { name, parameters });
          const index = parameters.findIndex(({ kind }) => kind === 'object');
          await t.call(name, args.with(index, evil));
        }
        const after = (await t.call('has_vm', [t.unknown('vm')])).answer;
        t.same([after?.result, after?.error?.type], [before?.result, before?.error?.type], 'has_vm as before');
      },
    },
    {
      id: 'H2.4',
      title: 'An env of one megabyte is taken, or refused with an error',
      level: 'live',
      why: 'Trusted certificates and tags make large environments.',
      remedy: 'Read requests of any length. Where the cloud has a limit, say in the error how much it takes.',
      async check(t) {
        const env = { certificates: 'C'.repeat(2 ** 20) };
        const exchange = await t.call('create_vm', await t.make.vmArguments({ env }));
        const { error } = exchange.answer ?? {};
        t.expect(error === null || (error?.message ?? '').length < 10_000, 'a short message', 'one with the whole env');
      },
    },
    {
      id: 'H2.5',
      title: 'A request of one megabyte is read to its end, and answered as a small one is',
      why: 'Certificates, tags and links make requests large. A limit in the reader cuts them off at a size that nobody tested.',
      remedy: 'Read stdin to its end, whatever its length.',
      async check(t) {
        const args = [t.agentId(), t.unknown('stemcell'), t.config.vm.cloud_properties, t.make.manualNetwork(), []];
        const small = await t.refuses('create_vm', [...args, { pad: 'P' }], { transport: 'process' });
        const large = await t.refuses('create_vm', [...args, { pad: 'P'.repeat(2 ** 20) }], { transport: 'process' });
        t.expect(large.type === small.type, `${small.type}, as for a small request`, `${large.type}: ${large.message}`);
      },
    },
    {
      id: 'H2.6',
      title: 'A hundred networks, disks and metadata keys are taken, or refused with an error',
      level: 'live',
      severity: 'SHOULD',
      async check(t) {
        const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`key-${n}`, `value ${n}`]));
        const { cid } = await t.make.vm({ env: many });
        if (t.implements('set_vm_metadata')) await t.succeeds('set_vm_metadata', [cid, many]);
        const networks = Object.fromEntries(
          Array.from({ length: 100 }, (_, n) => [`net${n}`, { ...t.make.manual(), ip: `10.255.${n}.1` }]),
        );
        await t.call('create_vm', await t.make.vmArguments({ networks }));
      },
    },
  ],
);

/** Answered as any id that is not there: false, or an error where the cloud cannot be reached. */
async function likeUnknown(t: Trial, method: string, usual: string, odd: string): Promise<void> {
  const expected = (await t.call(method, [usual])).answer;
  const { result, error } = (await t.call(method, [odd])).answer ?? {};
  const isFine = expected?.error === null ? result === false : error !== null;
  t.expect(isFine, `the answer for an id that is not there from ${method}`, error?.message ?? JSON.stringify(result));
}

async function removeVms(t: Trial, except: string): Promise<void> {
  for (const { kind, cid } of t.run.ledger.present(t.owner)) {
    if (kind === 'vm' && cid !== except) await t.call('delete_vm', [cid]);
  }
}
