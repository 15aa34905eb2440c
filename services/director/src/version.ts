import rootPackage from '../package.json' with { type: 'json' };

/** BOSH's Director whose interface this one has, as clients compare it, with our own version in parentheses. */
export const directorVersion = `283.1.6 (boti-${rootPackage.version})`;
