import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTemplateRenderer, type TemplateContext, type TemplateDns } from '../src/index.ts';
import { aContext, aRequest } from './a-request.ts';

const renderer = createTemplateRenderer();
after(() => renderer[Symbol.asyncDispose]());

async function render(erb: string, context: Partial<TemplateContext> = {}, dns?: TemplateDns): Promise<string> {
  const [file] = await renderer.render(
    aRequest(erb, { context: aContext(context), ...(dns === undefined ? {} : { dns }) }),
  );
  return file?.content ?? '';
}

const databaseLink = {
  deployment_name: 'data_base',
  domain: 'bosh',
  default_network: 'private',
  instance_group: 'pg',
  group_name: 'db-postgres',
  properties: { port: 5432, tls: { on: false } },
  instances: [
    { name: 'pg', index: 0, id: 'a', az: 'z1', address: '10.0.0.9', bootstrap: true, properties: { role: 'main' } },
    { name: 'pg', index: 1, id: 'b', az: 'z2', address: '10.0.0.10', bootstrap: false },
  ],
};
const dns: TemplateDns = {
  azs: { z1: '1', z10: '10', z2: '2' },
  networks: { private: '3' },
  instances: { a: '7' },
  groups: [
    { type: 'instance-group', name: 'pg', deployment: 'data_base', id: '4' },
    { type: 'link', name: 'db-postgres', deployment: 'data_base', id: '5' },
  ],
};

test('spec holds what the Director knows of the instance', async () => {
  const erb =
    '<%= [spec.name, name, spec.index, index, spec.id, spec.az, spec.bootstrap, spec.deployment, spec.address].join(" ") %>';
  assert.equal(await render(erb), 'web web 1 1 7d6f2a6e-0000-4000-8000-000000000000 z1 false shop 10.0.0.5');
  assert.equal(
    await render(
      '<%= spec.networks.default.ip %> <%= spec.networks.methods(false).first %> <%= spec.release.version %>',
    ),
    '10.0.0.5 default 7',
  );
});

test('properties and spec behave as structs, whatever their keys are called', async () => {
  const properties = { a: { list: [{ x: 1 }, 2] }, hash: 'h', display: 'd', test: 't', 'da-sh': 's' };
  const erb = `<% properties.a.added = 5; properties.hash = 'changed' -%>
<%= [properties.a.list[0].x, properties.a.added, properties[:hash], properties.hash, properties.display, properties.test].join(' ') %>
<%= [properties['da-sh'], properties.dig(:a, :list, 1), properties.respond_to?(:a), properties.respond_to?(:b)].join(' ') %>
<%= properties.a.to_h.keys.inspect %> <%= properties.a == properties.a.dup %> <%= properties.is_a?(OpenStruct) %>
<%= properties.a.each_pair.map { |key, value| value.class }.inspect %> <%= properties.a %>`;
  assert.equal(
    await render(erb, { properties }),
    `1 5 changed changed d t
s 2 true false
[:list, :added] true true
[Array, Integer] #<OpenStruct list=[#<OpenStruct x=1>, 2], added=5>`,
  );
});

test('p answers the first property that is set, then the default', async () => {
  const properties = { a: { b: 'x', no: null }, off: false };
  const erb =
    '<%= p("a.b") %> <%= p(["nope", "a.b"]) %> <%= p("a.no", 3) %> <%= p("off", true) %> <%= p("x", nil).inspect %>';
  assert.equal(await render(erb, { properties }), 'x x 3 false nil');
});

test('if_p chains to else and to further conditions', async () => {
  const erb = '<% if_p("a") do |a| %>A<%= a %><% end.else_if_p("b") do |b| %>B<%= b %><% end.else do %>none<% end %>';
  assert.equal(await render(erb, { properties: { a: 1 } }), 'A1');
  assert.equal(await render(erb, { properties: { b: 2 } }), 'B2');
  assert.equal(await render(erb), 'none');
});

test('a link gives its instances, properties and manual address', async () => {
  const links = { db: databaseLink, manual: { ...databaseLink, address: 'db.example.com' } };
  const erb = `<% db = link("db") -%>
<%= db.instances.map { |i| [i.name, i.index, i.id, i.az, i.address, i.bootstrap].join("/") }.join(" ") %>
<%= db.p("port") %> <%= db.p("tls.on") %> <%= db.p("no", "d") %> <%= db.properties["port"] %> <%= db.instances[0].p("role") %>
<% db.if_p("port") do |port| %><%= port %><% end %> <%= link("manual").address %>`;
  assert.equal(
    await render(erb, { links }),
    'pg/0/a/z1/10.0.0.9/true pg/1/b/z2/10.0.0.10/false\n5432 false d 5432 main\n5432 db.example.com',
  );
});

test('if_link takes its branch only when there is a link', async () => {
  const erb =
    '<% if_link("x") do |l| %>x<% end.else_if_link("db") do |l| %><%= l.p("port") %><% end.else do %>none<% end %>';
  assert.equal(await render(erb, { links: { db: databaseLink } }), '5432');
  assert.equal(await render(erb), 'none');
});

test('link.address builds a long query name', async () => {
  const links = { db: databaseLink };
  assert.equal(await render('<%= link("db").address %>', { links }, dns), 'q-s0.pg.private.data-base.bosh');
  assert.equal(
    await render('<%= link("db").address(azs: %w[z2 z10 z1], status: "healthy") %>', { links }, dns),
    'q-a1a10a2s3.pg.private.data-base.bosh',
  );
  assert.equal(await render('<%= link("db").address(uuid: "a") %>', { links }, dns), 'a.pg.private.data-base.bosh');
});

test('link.address without DNS is the address of an instance: the bootstrap one, if the criteria allow it', async () => {
  const links = { db: databaseLink };
  assert.equal(await render('<%= link("db").address %>', { links }), '10.0.0.9');
  assert.equal(await render('<%= link("db").address(azs: ["z2"]) %>', { links }), '10.0.0.10');
  assert.equal(await render('<%= link("db").address(uuid: "b") %>', { links }), '10.0.0.10');
  await assert.rejects(
    render('<%= link("db").address(azs: ["z9"]) %>', { links }),
    /No instance behind the link that fits has an address/,
  );
});

test('link.address builds a short query name', async () => {
  const short = { ...databaseLink, use_short_dns_addresses: true };
  assert.equal(
    await render(
      '<%= link("db").address(azs: ["z1"], initial_health_check: "synchronous") %>',
      { links: { db: short } },
      dns,
    ),
    'q-a1n3s0y1.q-g4.bosh',
  );
  const named = { ...short, use_link_dns_names: true };
  assert.equal(
    await render('<%= link("db").address(uuid: "a") %>', { links: { db: named } }, dns),
    'q-m7n3s0.q-g5.bosh',
  );
});

test('the libraries that templates of existing releases require are there', async () => {
  const libraries =
    'json yaml erb ostruct base64 uri shellwords digest openssl securerandom set time date ipaddr tempfile pathname zlib ' +
    'stringio csv optparse forwardable delegate cgi rexml/document fileutils logger observer abbrev English pp';
  const erb = `<% %w[${libraries}].each { |library| require library } %><%= IPAddr.new("10.0.0.7/24").to_range.last %>
<%= Base64.strict_encode64("hi") %> <%= {"a" => [1]}.to_json %> <%= Shellwords.escape("a b") %> <%= ERB::Util.h("<") %> <%= URI("http://a:1/b").port %>
<%= OpenSSL::Digest::SHA256.hexdigest("x")[0, 6] %> <%= ["", nil, [], " "].all?(&:blank?) %> <%= "x".presence %>`;
  assert.equal(await render(erb), '10.0.0.255\naGk= {"a":[1]} a\\ b &lt; 1\n2d7116 true x');
});
