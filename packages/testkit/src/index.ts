export { type TestCertificates, testCertificates } from './certificates.ts';
export { checkAsyncProperty, checkProperty } from './check-property.ts';
export { FakeClock } from './fake-clock.ts';
export { type HostileArchive, hostileArchives, type RawMember, rawTar } from './hostile-archives.ts';
export { startNats, type TestNats, type TestNatsOptions } from './nats.ts';
export { startPostgres, type TestDatabase, type TestPostgres } from './postgres.ts';
export { type RunningProgram, startProgram } from './start-program.ts';
export { type Cleanup, tempDir } from './temp-dir.ts';
export { waitFor } from './wait-for.ts';
