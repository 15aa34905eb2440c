export { type Authority, type CertificateRequest, createAuthority, openAuthority } from './authority.ts';
export { busSubject } from './bus-subject.ts';
export type { KeyAndCertificate } from './pem.ts';
