import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createTemplateRenderer } from '../src/index.ts';
import { aRequest } from './a-request.ts';

test('an idle worker does not keep its process alive', async () => {
  const program = `
    import { createTemplateRenderer } from ${JSON.stringify(import.meta.resolve('../src/index.ts'))};
    import { aRequest } from ${JSON.stringify(import.meta.resolve('./a-request.ts'))};
    const [file] = await createTemplateRenderer().render(aRequest('<%= 1 + 1 %>'));
    process.stdout.write(file.content);`;

  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);

  assert.equal(stdout, '2');
});

test('a worker that stopped for want of work starts again', async () => {
  await using renderer = createTemplateRenderer({ idleMs: 1 });

  for (const text of ['a', 'b']) {
    const [file] = await renderer.render(aRequest(text));
    assert.equal(file?.content, text);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

test('several workers share the templates of a request', async () => {
  await using renderer = createTemplateRenderer({ workers: 2 });

  const files = await renderer.render(aRequest(Array.from({ length: 20 }, (_, index) => `<%= ${index} * 2 %>`)));

  assert.deepEqual(
    files.map(({ content }) => Number(content)),
    Array.from({ length: 20 }, (_, index) => index * 2),
  );
});

test('a closed renderer refuses work', async () => {
  const renderer = createTemplateRenderer();
  await renderer[Symbol.asyncDispose]();

  await assert.rejects(renderer.render(aRequest('x')), /The template renderer is closed/);
});
