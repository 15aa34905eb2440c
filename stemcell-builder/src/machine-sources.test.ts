import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourcesFrom } from './machine-sources.ts';

test('takes the Debian sources of the suite, each once, and leaves others alone', () => {
  const targets = [
    'Debian|bookworm|$(SIGNED_BY)|http://mirror.test/debian/|bookworm|main',
    'Debian|bookworm|$(SIGNED_BY)|http://mirror.test/debian/|bookworm|main',
    'Debian|bookworm-security|/usr/share/keyrings/d.gpg|http://mirror.test/security/|bookworm-security|main',
    'Debian|trixie|$(SIGNED_BY)|http://mirror.test/debian/|trixie|main',
    'Other|bookworm|$(SIGNED_BY)|http://other.test/|bookworm|main',
    '',
  ];

  assert.equal(
    sourcesFrom(targets.join('\n'), 'bookworm'),
    'deb http://mirror.test/debian/ bookworm main\n' +
      'deb [signed-by=/usr/share/keyrings/d.gpg] http://mirror.test/security/ bookworm-security main\n',
  );
});
