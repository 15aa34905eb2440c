/** Who asks, and what for they were let in. */
export interface User {
  readonly name: string;
  readonly scopes: readonly string[];
}

const teamScope = /^bosh\.teams\.([^.]*)\.(admin|read)$/;

/** Teams that the user administers, or (`read`) may look at. */
export function teamsOf(user: User, ...rights: readonly ('admin' | 'read')[]): readonly string[] {
  const teams = user.scopes.flatMap((scope) => {
    const [, team, right] = teamScope.exec(scope) ?? [];
    return team !== undefined && rights.includes(right as 'admin' | 'read') ? [team] : [];
  });
  return [...new Set(teams)];
}
