// How long CRuby takes to start and to render, and what memory it takes. One JSON line a figure.
import { setTimeout as sleep } from 'node:timers/promises';
import { createTemplateRenderer, type RenderRequest } from '@boti/templates';
import { report } from './support/report.ts';

const rounds = 1_000;

const erb = `#!/bin/bash
<% if_p('tls.certificate') do |certificate| -%>
cat > cert.pem <<'CERT'
<%= certificate %>
CERT
<% end -%>
exec server --listen <%= spec.networks.default.ip %>:<%= p('port') %> \\
  --peers <%= link('db').instances.map { |instance| instance.address }.join(',') %> \\
  --options '<%= p('options').to_json %>'
`;

const instances = Array.from({ length: 20 }, (_, index) => ({
  name: 'db',
  index,
  id: `id-${index}`,
  az: 'z1',
  bootstrap: index === 0,
  address: `10.0.1.${index}`,
}));

const request: RenderRequest = {
  job: 'server',
  templates: [{ source: 'ctl.erb', destination: 'bin/ctl', erb }],
  context: {
    deployment: 'bench',
    name: 'web',
    job: { name: 'web' },
    index: 0,
    id: '7d6f2a6e-0000-4000-8000-000000000000',
    az: 'z1',
    bootstrap: true,
    networks: { default: { ip: '10.0.0.5', netmask: '255.255.255.0', gateway: '10.0.0.1', dns: ['10.0.0.2'] } },
    address: '10.0.0.5',
    ip: '10.0.0.5',
    persistent_disk: 1024,
    release: { name: 'bench', version: '1' },
    dns_domain_name: 'bosh',
    properties: { port: 8080, tls: { certificate: 'x'.repeat(2_000) }, options: { a: 1, b: [1, 2, 3] } },
    links: { db: { deployment_name: 'bench', instances, properties: { port: 5432 } } },
  },
};

const rssMb = (): number => process.memoryUsage().rss / 1e6;

const rssBefore = rssMb();
const renderer = createTemplateRenderer();
const bootStart = performance.now();
await renderer.render(request);
report('template-render/boot', performance.now() - bootStart, 'ms');

const start = performance.now();
for (let round = 0; round < rounds; round += 1) await renderer.render(request);
const elapsedMs = performance.now() - start;
report('template-render/render', elapsedMs / rounds, 'ms');
report('template-render/rate', rounds / (elapsedMs / 1_000), '1/s');
report('template-render/worker-rss', rssMb() - rssBefore, 'MB');
await renderer[Symbol.asyncDispose]();
await sleep(500);
report('template-render/rss-after-stop', rssMb() - rssBefore, 'MB');
