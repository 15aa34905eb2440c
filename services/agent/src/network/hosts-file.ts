/** The part of /etc/hosts that every VM has. */
export function hostsFile(hostname: string): string {
  return `127.0.0.1 localhost ${hostname}

# The following lines are desirable for IPv6 capable hosts
::1 localhost ip6-localhost ip6-loopback ${hostname}
fe00::0 ip6-localnet
ff00::0 ip6-mcastprefix
ff02::1 ip6-allnodes
ff02::2 ip6-allrouters
ff02::3 ip6-allhosts
`;
}
