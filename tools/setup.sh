#!/bin/sh
# Installs what boti needs: npm packages always, Debian packages unless --npm-only. Does nothing when all is there.
set -eu
cd "$(dirname "$0")/.."

if ! cmp -s package-lock.json node_modules/.boti-lock 2>/dev/null; then
  echo "Installing npm packages..." >&2
  # Not `npm ci`: it refuses a lock file without the packages of platforms that a registry does not carry. With --no-save
  # the versions are the lock file's all the same, and the lock file stays as it is.
  npm install --no-save --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json node_modules/.boti-lock
fi

[ "${1:-}" = "--npm-only" ] && exit 0

missing=""
while read -r package; do
  case $package in '' | '#'*) continue ;; esac
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done < tools/apt-packages.txt
[ -z "$missing" ] && exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "These Debian packages are missing, and only root can install them:$missing" >&2; exit 1; }
  as_root=sudo
fi
echo "Installing Debian packages:$missing" >&2
$as_root apt-get update -qq >&2
# Services in these packages must not start by themselves: boti starts its own.
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $missing >&2
