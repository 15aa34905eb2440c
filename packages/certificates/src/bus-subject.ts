/** A certificate's subject as nats-server maps it to permissions: with upstream's country and organization. */
export function busSubject(commonName: string): string {
  return `C=USA, O=Cloud Foundry, CN=${commonName}`;
}
