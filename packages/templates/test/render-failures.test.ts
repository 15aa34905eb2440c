import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTemplateRenderer, type RenderRequest, TemplateRenderFailed } from '../src/index.ts';
import { aContext, aRequest } from './a-request.ts';

const renderer = createTemplateRenderer({ timeoutMs: 1_500 });
after(() => renderer[Symbol.asyncDispose]());

async function failuresOf(request: RenderRequest): Promise<readonly (readonly [string, number | undefined, string])[]> {
  const error = await renderer.render(request).then(
    () => assert.fail('the request was rendered'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof TemplateRenderFailed, String(error));
  return error.failures.map(({ source, line, message }) => [source, line, message]);
}

async function render(erb: string): Promise<string | undefined> {
  return (await renderer.render(aRequest(erb)))[0]?.content;
}

test('all failing templates are named at once, with line and reason', async () => {
  const failures = await failuresOf(
    aRequest([
      'fine',
      'a\n<%= p("x.y") %>',
      '<%= p(["a", "b"]) %>',
      '\n\n<% raise "boom" %>',
      '<%= link("db").p("x") %>',
    ]),
  );

  assert.deepEqual(failures, [
    ['t1.erb', 2, `Can't find property '["x.y"]'`],
    ['t2.erb', 1, `Can't find property '["a", "b"]'`],
    ['t3.erb', 3, 'boom'],
    ['t4.erb', 1, "Can't find link 'db'"],
  ]);
});

test('the message is laid out as the Director shows it', async () => {
  await assert.rejects(renderer.render(aRequest(['<% raise "raised on purpose" %>', '<%= nil.length %>'])), {
    message: [
      "Unable to render templates for job 'server'. Errors are:",
      "  - Error filling in template 't0.erb' (line 1: raised on purpose)",
      "  - Error filling in template 't1.erb' (line 1: undefined method 'length' for nil)",
    ].join('\n'),
  });
});

test('a syntax error has its line', async () => {
  const [failure] = await failuresOf(aRequest('a\n<%= if ) %>\n'));
  assert.equal(failure?.[1], 2);
  assert.match(failure?.[2] ?? '', /^server\/t0.erb:2: syntax error/);
});

test('an unknown name is reported for the class that releases know', async () => {
  const [failure] = await failuresOf(aRequest('<%= foo_bar %>'));
  assert.equal(
    failure?.[2],
    "undefined local variable or method 'foo_bar' for an instance of Bosh::Common::Template::EvaluationContext",
  );
});

test('a template that does not end is stopped, and the others are still rendered', async () => {
  const failures = await failuresOf(aRequest(['<% loop {} %>', '<%= p("x") %>']));
  assert.deepEqual(failures, [
    ['t0.erb', undefined, 'the template did not finish within 1.5 s'],
    ['t1.erb', 1, `Can't find property '["x"]'`],
  ]);
  assert.equal(await render('after'), 'after');
});

test('a template that wants too much memory fails alone', async () => {
  assert.deepEqual(await failuresOf(aRequest('<%= "x" * 1_000_000_000 %>')), [
    ['t0.erb', undefined, 'failed to allocate memory'],
  ]);
  assert.equal(await render('after'), 'after');
});

test('a template that ends Ruby fails alone', async () => {
  assert.deepEqual(await failuresOf(aRequest('<% exit! 3 %>')), [
    ['t0.erb', undefined, 'Ruby stopped: exit with exit code 3'],
  ]);
  assert.deepEqual(await failuresOf(aRequest('<% exit 3 %>')), [['t0.erb', 1, 'exit']]);
  assert.equal(await render('after'), 'after');
});

test('a template reaches neither the host files nor JavaScript', async () => {
  assert.equal(
    await render('<%= File.exist?("/etc/passwd") %> <%= Dir.children("/").inspect %>'),
    'false ["task.json"]',
  );
  const [[, , message] = []] = await failuresOf(aRequest('<% require "js" %><%= JS.eval("return process.pid") %>'));
  assert.equal(message, 'Ruby stopped: templates have no access to JavaScript');
});

test('nothing that a template defines is there for the next one', async () => {
  const dirty = `<% def helper = 1 %><% LIMIT = 2 %><% $setting = 3 %><% ENV["X"] = "4" %><% class ::Tool; end %>
<% p("list") << 1 %><% class ::String; def shout = upcase; end %><%= "a".shout + helper.to_s %>`;
  const context = aContext({ properties: { list: [] } });
  const [first] = await renderer.render(aRequest(dirty, { context }));
  assert.equal(first?.content.trim(), 'A1');

  const check = `<%= [respond_to?(:helper, true), defined?(LIMIT), $setting, ENV["X"], defined?(::Tool), "".respond_to?(:shout), p("list")].inspect %>`;
  const [second] = await renderer.render(aRequest(check, { context }));
  assert.equal(second?.content, '[false, nil, nil, nil, nil, false, []]');
});

test('an abort ends the render at once', async () => {
  const started = performance.now();
  await assert.rejects(renderer.render(aRequest('<% loop {} %>'), AbortSignal.timeout(100)), { name: 'TimeoutError' });
  assert.ok(performance.now() - started < 1_400);
});
