import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rememberRenders } from './remember-renders.ts';
import type { RenderRequest, TemplateRenderer } from './template-renderer.ts';

/** Counts what it is asked to render. */
function counting(): TemplateRenderer & { readonly count: () => number } {
  let count = 0;
  return {
    async render({ templates }) {
      count += 1;
      return templates.map(({ source, destination, erb }) => ({ source, destination, content: erb }));
    },
    count: () => count,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const request = (erb: string, index = 0): RenderRequest => ({
  job: 'server',
  templates: [{ source: 'config.erb', destination: 'config', erb }],
  context: { index } as never,
});

test('the same request is rendered once', async () => {
  const inner = counting();
  const renderer = rememberRenders(inner);

  const first = await renderer.render(request('<%= spec.index %>'));
  const second = await renderer.render(request('<%= spec.index %>'));

  assert.equal(inner.count(), 1);
  assert.deepEqual(second, first);
});

test('another context is another request', async () => {
  const inner = counting();
  const renderer = rememberRenders(inner);

  await renderer.render(request('<%= spec.index %>', 0));
  await renderer.render(request('<%= spec.index %>', 1));

  assert.equal(inner.count(), 2);
});

for (const erb of ['<%= Time.now %>', '<%= rand(5) %>', '<%= SecureRandom.hex %>', '<%= [1, 2].shuffle %>']) {
  test(`${erb} is rendered each time`, async () => {
    const inner = counting();
    const renderer = rememberRenders(inner);

    await renderer.render(request(erb));
    await renderer.render(request(erb));

    assert.equal(inner.count(), 2);
  });
}

test('words that only look like chance are remembered', async () => {
  const inner = counting();
  const renderer = rememberRenders(inner);

  await renderer.render(request("<%= p('timeout') %> <%= p('random_seed') %> <%= p('password_hash') %>"));
  await renderer.render(request("<%= p('timeout') %> <%= p('random_seed') %> <%= p('password_hash') %>"));

  assert.equal(inner.count(), 1);
});

test('the oldest is forgotten when it becomes too much', async () => {
  const inner = counting();
  const renderer = rememberRenders(inner, 500);

  for (const index of [0, 1, 2, 0]) await renderer.render(request('text', index));

  assert.equal(inner.count(), 4);
});
