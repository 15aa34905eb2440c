import assert from 'node:assert/strict';
import { test } from 'node:test';
import { truncateResult } from './truncate-result.ts';

test('a long result ends with its last whole word', () => {
  const result = truncateResult(
    "Failed to resolve links from deployment 'bad'. See errors below:\n  - Failed to resolve link 'api' with alias 'nosuch' and type 'http' from job",
  );

  const asRecorded =
    "Failed to resolve links from deployment 'bad'. See errors\n  - Failed to resolve link 'api' with alias 'nosuch' and type...";
  assert.equal(result, asRecorded);
});

test('a short result stays as it is', () => {
  assert.equal(truncateResult("  Created release 'golden/1'\n"), "Created release 'golden/1'");
});
