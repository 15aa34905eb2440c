/** What agents call, what operators look for on a VM, and what packages are compiled with. */

const forAgents = [
  'ca-certificates',
  'cron',
  'curl',
  'e2fsprogs',
  'fdisk',
  'gdisk',
  'hostname',
  'iproute2',
  'iputils-arping',
  'kmod',
  'logrotate',
  'netbase',
  'nftables',
  'openssh-server',
  'parted',
  'procps',
  'resolvconf',
  'rsyslog',
  'runit',
  'sudo',
  'tini',
];

const forOperators = [
  'bind9-host',
  'ethtool',
  'iputils-ping',
  'less',
  'lsof',
  'netcat-openbsd',
  'psmisc',
  'rsync',
  'strace',
  'tcpdump',
  'vim-tiny',
];

/** Upstream's stemcells have these, and releases rely on it. */
const forCompiling = [
  'autoconf',
  'automake',
  'bison',
  'build-essential',
  'bzip2',
  'cmake',
  'flex',
  'libssl-dev',
  'libtool',
  'pkg-config',
  'unzip',
  'xz-utils',
  'zip',
  'zlib1g-dev',
];

export const packageList: readonly string[] = [...forAgents, ...forOperators, ...forCompiling];
