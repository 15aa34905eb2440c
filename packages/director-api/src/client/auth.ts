/** Where the `Authorization` header comes from. */
export interface DirectorAuth {
  /** The header's value, or undefined for an anonymous request. `renew` is true after the last one was refused. */
  authorization(renew: boolean): Promise<string | undefined>;
}

export const anonymous: DirectorAuth = { authorization: async () => undefined };

export function basicAuth(user: string, password: string): DirectorAuth {
  const value = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return { authorization: async () => value };
}
