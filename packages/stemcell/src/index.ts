export { StemcellArchiveInvalid, StemcellImageMissing } from './errors.ts';
export {
  type ExtractedStemcell,
  type ExtractOptions,
  extractStemcell,
  readStemcellManifest,
  verifyStemcell,
} from './read-stemcell.ts';
export { type RepackOptions, repackStemcell } from './repack-stemcell.ts';
export {
  formatStemcellManifest,
  type ManifestReadOptions,
  parseStemcellManifest,
  type StemcellManifest,
} from './stemcell-manifest.ts';
export { type NewStemcell, writeStemcell } from './write-stemcell.ts';
