import { gzipSync } from 'node:zlib';

/** A member as it stands in a tar, header by header: also such as no tar program writes. */
export interface RawMember {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** tar's letter: 0 file, 1 hard link, 2 symlink, 3 and 4 devices, 5 folder, 6 pipe, x and L headers for long names. */
  readonly type?: string;
  readonly linkname?: string;
  /** Instead of the content's. */
  readonly claimedSize?: number;
  readonly hasWrongChecksum?: boolean;
}

export interface HostileArchive {
  /** Goes on "…an archive with". */
  readonly name: string;
  readonly content: Buffer;
}

const block = 512;

/** The bytes of a tar. */
export function rawTar(members: readonly RawMember[]): Buffer {
  return Buffer.concat([...members.flatMap(rawMember), Buffer.alloc(2 * block)]);
}

function rawMember(member: RawMember): readonly Buffer[] {
  const content = Buffer.from(member.content ?? '');
  const padding = Buffer.alloc((block - (content.length % block)) % block);
  return [header(member, content.length), content, padding];
}

function header(member: RawMember, length: number): Buffer {
  const { name, type = '0', linkname = '', claimedSize = length, hasWrongChecksum = false } = member;
  const bytes = Buffer.alloc(block);
  Buffer.from(name as string).copy(bytes, 0, 0, 100);
  bytes.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'latin1');
  bytes.write(`${claimedSize.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  bytes.write('00000000000\0', 136, 'latin1');
  bytes.write(' '.repeat(8), 148, 'latin1');
  bytes.write(type, 156, 'latin1');
  bytes.write(linkname, 157, 'latin1');
  bytes.write('ustar\0' + '00', 257, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0) + (hasWrongChecksum ? 1 : 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

/** A header in pax' format that gives the next member a name. */
function paxName(name: string): RawMember {
  const record = (length: number): string => `${length} path=${name}\n`;
  let length = record(0).length;
  while (record(length).length !== length) length = record(length).length;
  return { name: 'pax', type: 'x', content: record(length) };
}

const hostileMembers: Readonly<Record<string, readonly RawMember[]>> = {
  'a path that climbs out': [{ name: '../evil', content: 'x' }],
  'a path that climbs out in the middle': [{ name: 'jobs/../../evil.tgz', content: 'x' }],
  'an absolute path': [{ name: '/tmp/boti-hostile-evil', content: 'x' }],
  'a long name that climbs out': [paxName(`${'a/'.repeat(100)}${'../'.repeat(101)}evil`), { name: 'x', content: 'x' }],
  'a link to elsewhere': [{ name: 'jobs/a.tgz', type: '2', linkname: '/etc/passwd' }],
  'a link that climbs out': [{ name: 'jobs/a.tgz', type: '2', linkname: '../../evil' }],
  'a file behind a link': [
    { name: 'jobs', type: '2', linkname: '/tmp' },
    { name: 'jobs/boti-hostile-evil.tgz', content: 'x' },
  ],
  'a hard link to elsewhere': [{ name: 'jobs/a.tgz', type: '1', linkname: '/etc/passwd' }],
  'a hard link within': [{ name: 'jobs/a.tgz', type: '1', linkname: 'release.MF' }],
  'a character device': [{ name: 'jobs/a.tgz', type: '3' }],
  'a block device': [{ name: 'jobs/a.tgz', type: '4' }],
  'a pipe': [{ name: 'jobs/a.tgz', type: '6' }],
  'a member of an unknown type': [{ name: 'jobs/a.tgz', type: 'Z', content: 'x' }],
  'one name twice': [
    { name: 'jobs/a.tgz', content: 'x' },
    { name: './jobs/a.tgz', content: 'y' },
  ],
  'a name that is no UTF-8': [{ name: Buffer.from([0x6a, 0xff, 0xfe]), content: 'x' }],
  'a line break in a name': [{ name: 'jobs/a\nb.tgz', content: 'x' }],
  'a name of 5,000 signs': [paxName('n'.repeat(5000)), { name: 'x', content: 'x' }],
  'a member that claims 7 GiB': [{ name: 'jobs/a.tgz', claimedSize: 7 * 2 ** 30, content: 'x' }],
  'a header for a long name of 16 MiB': [{ name: 'long', type: 'L', content: Buffer.alloc(16 * 2 ** 20, 'n') }],
  'a member cut off': [{ name: 'jobs/a.tgz', claimedSize: 4000, content: 'x' }],
  'a wrong checksum of a header': [{ name: 'jobs/a.tgz', content: 'x', hasWrongChecksum: true }],
  '25,000 members': Array.from({ length: 25_000 }, (_, at) => ({ name: `jobs/${at}.tgz` })),
};

/**
 * Tarballs that nobody should unpack: something that is wrong, then the members of a good one. All are refused when they
 * are read whole.
 */
export function hostileArchives(good: readonly RawMember[]): readonly HostileArchive[] {
  const whole = gzipSync(rawTar(good));
  const made = Object.entries(hostileMembers).map(([name, members]) => ({
    name,
    content: gzipSync(rawTar([...members, ...good])),
  }));
  return [
    ...made,
    { name: 'seven GiB of zeros in seven MB', content: bomb(good) },
    { name: 'its end cut off', content: whole.subarray(0, whole.length - 10) },
    { name: 'its first half only', content: whole.subarray(0, whole.length / 2) },
    { name: 'another checksum of gzip', content: damaged(whole, whole.length - 6) },
    { name: 'something else than an archive in it', content: Buffer.from('no archive '.repeat(200)) },
    { name: 'nothing in it', content: Buffer.alloc(0) },
  ];
}

/** gzip's parts may follow one another: the same small one, a hundred times. */
function bomb(good: readonly RawMember[]): Buffer {
  const zeros = 64 * 2 ** 20;
  const part = gzipSync(Buffer.alloc(zeros));
  const parts = Math.ceil((7 * 2 ** 30) / zeros);
  const member = header({ name: 'jobs/a.tgz', claimedSize: parts * zeros }, 0);
  return Buffer.concat([gzipSync(member), ...Array.from({ length: parts }, () => part), gzipSync(rawTar(good))]);
}

function damaged(content: Buffer, at: number): Buffer {
  const copy = Buffer.from(content);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}
