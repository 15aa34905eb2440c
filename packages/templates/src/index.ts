export type {
  JobPropertyDefinition,
  JobTemplate,
  RenderedFile,
  RenderRequest,
  TemplateContext,
  TemplateFailure,
  TemplateRenderer,
} from './template-renderer.ts';
