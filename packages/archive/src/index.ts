export { ArchiveInvalid, innerPath, type ReadTarOptions, readTar, type TarMember } from './read-tar.ts';
export { foldersOf, type TarInput, type WriteTarOptions, writeTar } from './write-tar.ts';
