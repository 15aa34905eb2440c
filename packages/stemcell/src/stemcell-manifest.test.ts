import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatStemcellManifest, parseStemcellManifest } from './stemcell-manifest.ts';

const minimal = 'name: x\nversion: 1.10\nsha1: a\ncloud_properties: {}\n';

test('refuses an unquoted version and says how to write it', () => {
  assert.throws(() => parseStemcellManifest(minimal, 'stemcell.MF'), {
    message: /- 'version': expected string, received number/,
    hint: /version: '1\.10'/,
  });
});

test('takes an unquoted version as it is written where that is asked for', () => {
  assert.deepEqual(parseStemcellManifest(minimal, 'stemcell.MF', { unquotedVersion: true }), {
    name: 'x',
    version: '1.10',
    operatingSystem: 'x',
    sha1: 'a',
    apiVersion: 1,
    formats: undefined,
    cloudProperties: {},
    boshProtocol: undefined,
  });
});

test('names every key that is missing or wrong', () => {
  const text = "version: '1'\nsha1: a\napi_version: three\nstemcell_formats: warden-tar\n";

  assert.throws(() => parseStemcellManifest(text, 'stemcell.MF'), {
    message: [
      'stemcell.MF is not a valid stemcell manifest:',
      "- 'name' is missing",
      "- 'api_version': expected number, received string",
      "- 'stemcell_formats': expected array, received string",
    ].join('\n'),
  });
});

test('refuses what is no YAML map', () => {
  assert.throws(() => parseStemcellManifest('- a', 'stemcell.MF'), { message: /not a YAML map/ });
  assert.throws(() => parseStemcellManifest('a: [', 'stemcell.MF'), { message: /not valid YAML/ });
});

test('quotes versions that look like numbers', () => {
  const manifest = parseStemcellManifest(minimal, 'stemcell.MF', { unquotedVersion: true });

  assert.match(formatStemcellManifest(manifest), /^version: "1.10"$/m);
});

test('keeps what compiled packages may be shared by', () => {
  const manifest = parseStemcellManifest("name: a\nversion: '1'\nsha1: a\ncompile_key: gcc-12\n", 'stemcell.MF');

  assert.equal(manifest.compileKey, 'gcc-12');
  assert.match(formatStemcellManifest(manifest), /^compile_key: gcc-12$/m);
  assert.doesNotMatch(
    formatStemcellManifest(parseStemcellManifest(minimal, 'stemcell.MF', { unquotedVersion: true })),
    /compile_key/,
  );
});
