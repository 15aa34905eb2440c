/** Writes docs/contracts/cpi-rules.md from the rules of packages/cpi-conformance; a test of theirs compares the two. */
import { writeFileSync } from 'node:fs';
import { rulesDocument } from '@boti/cpi-conformance';

writeFileSync(new URL('../docs/contracts/cpi-rules.md', import.meta.url), rulesDocument());
