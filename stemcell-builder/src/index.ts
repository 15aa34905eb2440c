export {
  type BuildStemcellOptions,
  type BuiltStemcell,
  buildStemcell,
  type ImageFormat,
  imageFormats,
  type StemcellSystem,
  stemcellSystems,
} from './build-stemcell.ts';
export { type BuildProgress, type BuildStage, buildStages } from './builder-run.ts';
