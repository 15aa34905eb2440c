#!/bin/sh
# Turns a bare Debian tree into what agents expect. Run by mmdebstrap on the building machine, outside the tree:
#   customize.sh ROOT ROOTFS FACTS
# ROOT is the tree, ROOTFS the folder of files that go into it as they are, FACTS where the package list is written.
set -eu
umask 022
root=$1 rootfs=$2 facts=$3
in_root() { chroot "$root" "$@"; }

# Users and groups. Nobody has a password; `env.bosh.password` of a deployment may give vcap one.
in_root groupadd --system admin
in_root groupadd --system syslog
in_root groupadd --gid 1000 vcap
in_root groupadd bosh_sshers
in_root groupadd bosh_sudoers
in_root useradd --uid 1000 --gid vcap --shell /bin/bash --create-home --password '*' \
  --groups admin,adm,audio,cdrom,dialout,floppy,video,dip,plugdev,sudo,bosh_sshers vcap
chmod 0700 "$root/home/vcap"

# Files as they are, owned by root.
find "$rootfs" -type f -printf '%P\n' | while read -r path; do
  if [ -x "$rootfs/$path" ]; then mode=0755; else mode=0644; fi
  install -D -m $mode "$rootfs/$path" "$root/$path"
done
chmod 0440 "$root/etc/sudoers.d/bosh"

# The folders that agents and jobs live in.
for dir in bosh/bin bosh/etc bosh/lib bosh/log monit/job monit/svlog micro_bosh/data/cache; do
  mkdir -p "$root/var/vcap/$dir"
done
mkdir -p "$root/var/vcap/data"
chmod 0750 "$root/var/vcap/data"
in_root chown root:vcap /var/vcap/data
chmod 0700 "$root/var/vcap/monit/job"
install -m 0700 /dev/null "$root/var/vcap/monit/empty.monitrc"
# Agents know one name for every Debian-like system.
printf ubuntu >"$root/var/vcap/bosh/etc/operating_system"

# Services. Debian makes /etc/service a link into /etc/runit; agents and runsvdir need a folder. The agent and its job
# supervisor (monit) are linked from the first start on: linked later, they would wait for runsvdir's next look.
rm -rf "$root/etc/service" "$root/etc/sv/ssh" "$root/etc/sv/default-syslog"
mkdir "$root/etc/service"
for service in agent monit sshd rsyslog cron; do
  ln -s "/etc/sv/$service" "$root/etc/service/$service"
done
# A container may not set the login uid; without this nobody could log in, and cron would run nothing.
sed -i 's/required\([[:space:]]*pam_loginuid\)/optional\1/' "$root/etc/pam.d/cron" "$root/etc/pam.d/sshd"
rm -f "$root/etc/cron.daily/apt-compat" "$root/etc/cron.daily/dpkg"

# What must differ from VM to VM, or is of the building machine.
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/apt/apt.conf.d/99mmdebstrap"
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id" "$root/etc/resolvconf/resolv.conf.d/original"
echo bosh-stemcell >"$root/etc/hostname"
printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
echo '# A stemcell is replaced, not upgraded. Add sources here to try something out.' >"$root/etc/apt/sources.list"
sed -i '/force-unsafe-io/d' "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap"

# For people: what is inside. And what `remove_dev_tools` takes away from VMs that do not compile.
in_root dpkg -l >"$facts/packages.txt"
in_root dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package}\n' \
  'gcc*' 'g++*' 'cpp*' 'binutils*' 'cmake*' 'autoconf*' 'automake*' 'libtool*' '*-dev' make bison flex m4 dpkg-dev build-essential |
  sed -n 's/^ii *//p' | xargs -r chroot "$root" dpkg -L | sort -u |
  while read -r path; do
    if [ -f "$root$path" ] || [ -L "$root$path" ]; then echo "$path"; fi
  done >"$facts/dev_tools_file_list.txt"
install -m 0644 "$facts/dev_tools_file_list.txt" "$root/var/vcap/bosh/etc/dev_tools_file_list"
