import { randomBytes } from 'node:crypto';

/** Name of what `((secret))` in the configuration stands for. */
export const configuredSecret = 'the configuration';

/** Texts that the kit hides in what it sends, and that must not come out again. */
export class Secrets {
  readonly #values = new Map<string, string>();

  /** The secret of this name; made when it is first asked for. */
  of(name: string): string {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const value = `Zs${randomBytes(12).toString('hex')}`;
    this.#values.set(name, value);
    return value;
  }

  /** Names of the secrets that stand in a text, as they are or in base64. */
  foundIn(text: string): readonly string[] {
    return [...this.#values].filter(([, value]) => appearsIn(value, text)).map(([name]) => name);
  }

  hide(text: string): string {
    let hidden = text;
    for (const [name, value] of this.#values) hidden = hidden.replaceAll(value, `<secret: ${name}>`);
    return hidden;
  }
}

function appearsIn(value: string, text: string): boolean {
  if (text.includes(value)) return true;
  // Base64 of a longer text holds this one at one of three offsets, less the characters at its edges.
  return [0, 1, 2].some((offset) => {
    const encoded = Buffer.from('\0'.repeat(offset) + value).toString('base64');
    return text.includes(encoded.slice(offset === 0 ? 0 : 4, -4));
  });
}

/** env of create_vm as a Director sends it, with a secret in every place where Directors put one. */
export function secretEnv(secrets: Secrets): Readonly<Record<string, unknown>> {
  return {
    bosh: {
      group: 'conformance-web',
      groups: ['conformance', 'web'],
      tags: { owner: 'conformance' },
      password: `$6$salt$${secrets.of('env.bosh.password')}`,
      mbus: {
        cert: {
          ca: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n',
          certificate: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n',
          private_key: `-----BEGIN PRIVATE KEY-----\n${secrets.of('env.bosh.mbus.cert.private_key')}\n-----END PRIVATE KEY-----\n`,
        },
      },
      blobstores: [
        { provider: 'dav', options: { user: 'agent', password: secrets.of('env.bosh.blobstores password') } },
      ],
    },
    api_key: secrets.of('env.api_key'),
  };
}
