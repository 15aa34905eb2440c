export { createTemplateRenderer, type TemplateRendererOptions } from './create-template-renderer.ts';
export { InvalidPropertyType, jobProperties } from './job-properties.ts';
export { rememberRenders } from './remember-renders.ts';
export { configurationHash, type RenderedJob, renderedArchive, templateHash } from './rendered-job.ts';
export { TemplateRenderFailed } from './template-render-failed.ts';
export {
  type CreateEnvTemplateContext,
  type JobPropertyDefinition,
  type JobTemplate,
  type RenderedFile,
  type RenderRequest,
  type TemplateContext,
  type TemplateDialect,
  type TemplateDns,
  type TemplateFailure,
  type TemplateRenderer,
  templateDialects,
} from './template-renderer.ts';
