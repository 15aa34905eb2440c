/** All that a CPI sees of its caller. BOSH: bosh-director clouds/external_cpi.rb. */
export function baseEnvironment(): Record<string, string> {
  const { HOME = '/', TMPDIR = '/tmp' } = process.env;
  return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME, TMPDIR };
}
