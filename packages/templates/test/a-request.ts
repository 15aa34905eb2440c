import type { JobTemplate, RenderRequest, TemplateContext, TemplateDns } from '../src/index.ts';

export function aContext(overrides: Partial<TemplateContext> = {}): TemplateContext {
  return {
    deployment: 'shop',
    name: 'web',
    job: { name: 'web' },
    index: 1,
    id: '7d6f2a6e-0000-4000-8000-000000000000',
    az: 'z1',
    bootstrap: false,
    networks: { default: { ip: '10.0.0.5', netmask: '255.255.255.0', gateway: '10.0.0.1' } },
    address: '10.0.0.5',
    ip: '10.0.0.5',
    persistent_disk: 0,
    release: { name: 'shop', version: '7' },
    dns_domain_name: 'bosh',
    properties: {},
    links: {},
    ...overrides,
  };
}

/** One job whose templates are the given texts: `t0.erb`, `t1.erb`, … */
export function aRequest(
  erbs: string | readonly string[],
  overrides: { readonly context?: TemplateContext; readonly dns?: TemplateDns } = {},
): RenderRequest {
  const texts = typeof erbs === 'string' ? [erbs] : erbs;
  const templates: readonly JobTemplate[] = texts.map((erb, index) => ({
    source: `t${index}.erb`,
    destination: `config/t${index}`,
    erb,
  }));
  return { job: 'server', templates, context: aContext(), ...overrides };
}
