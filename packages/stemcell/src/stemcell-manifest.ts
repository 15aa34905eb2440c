import { messageOf } from '@boti/core';
import { Document, isMap, isScalar, parseDocument, Scalar } from 'yaml';
import { z } from 'zod';
import { StemcellArchiveInvalid } from './errors.ts';

/** stemcell.MF: what the Director and the CPIs are told about a stemcell. */
export interface StemcellManifest {
  readonly name: string;
  readonly version: string;
  /** What manifests call `os:`; the stemcell's name when the file has none. */
  readonly operatingSystem: string;
  /** SHA-1 of `image`, or another digest in BOSH's spelling. Upstream's Director does not verify it. */
  readonly sha1: string;
  /** How the CPI must call the agent: 1 uses the registry, 2 and 3 settings from the cloud. 1 when missing. */
  readonly apiVersion: number;
  /** Missing in old stemcells; a CPI then assumes that it can use the image. */
  readonly formats: readonly string[] | undefined;
  readonly cloudProperties: Readonly<Record<string, unknown>>;
  /** Ours: stemcells with the same one have the same compilers and libraries, whatever agent they have. */
  readonly compileKey?: string;
  /** Written by upstream, read by nobody. */
  readonly boshProtocol: string | undefined;
}

export interface ManifestReadOptions {
  /**
   * Take an unquoted version (`1.10`) as it is written instead of refusing it. The Director refuses; upstream's CLI
   * reads it, so that a stemcell can be inspected and repacked.
   */
  readonly unquotedVersion?: boolean;
}

const fileSchema = z.looseObject({
  name: z.string().min(1),
  version: z.string().min(1),
  operating_system: z.string().nullish(),
  sha1: z.string(),
  bosh_protocol: z.union([z.string(), z.number()]).nullish(),
  api_version: z.int().positive().nullish(),
  stemcell_formats: z.array(z.string()).nullish(),
  cloud_properties: z.record(z.string(), z.unknown()).nullish(),
  compile_key: z.string().min(1).nullish(),
});

/** Parses the text of a stemcell.MF. `where` names the file in errors. */
export function parseStemcellManifest(
  text: string,
  where: string,
  options: ManifestReadOptions = {},
): StemcellManifest {
  const parsed = fileSchema.safeParse(readYaml(text, where, options));
  if (!parsed.success)
    throw new StemcellArchiveInvalid(problems(parsed.error, where), { hint: quotingHint(parsed.error) });
  const file = parsed.data;
  return {
    name: file.name,
    version: file.version,
    operatingSystem: file.operating_system || file.name,
    sha1: file.sha1,
    apiVersion: file.api_version ?? 1,
    formats: file.stemcell_formats ?? undefined,
    cloudProperties: file.cloud_properties ?? {},
    boshProtocol: file.bosh_protocol?.toString(),
    ...(file.compile_key != null && { compileKey: file.compile_key }),
  };
}

/** The text of a stemcell.MF; the version is always quoted, keys of cloud properties are sorted. */
export function formatStemcellManifest(manifest: StemcellManifest): string {
  const document = new Document({
    name: manifest.name,
    version: quoted(manifest.version),
    operating_system: manifest.operatingSystem,
    sha1: manifest.sha1,
    bosh_protocol: manifest.boshProtocol === undefined ? undefined : quoted(manifest.boshProtocol),
    stemcell_formats: manifest.formats,
    api_version: manifest.apiVersion,
    compile_key: manifest.compileKey,
    cloud_properties: keysSorted(manifest.cloudProperties),
  });
  return document.toString({ lineWidth: 0, indentSeq: false });
}

function keysSorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysSorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, keysSorted(item)]));
}

function quoted(text: string): Scalar<string> {
  const scalar = new Scalar(text);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

function readYaml(text: string, where: string, options: ManifestReadOptions): unknown {
  const document = parseDocument(text, { schema: 'yaml-1.1', merge: true, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) throw new StemcellArchiveInvalid(`${where} is not valid YAML: ${messageOf(error)}`);
  if (!isMap(document.contents)) throw new StemcellArchiveInvalid(`${where} is not a YAML map of keys and values`);
  if (options.unquotedVersion === true) {
    const version = document.get('version', true);
    if (isScalar(version) && version.source !== undefined) version.value = version.source;
  }
  return document.toJS({ maxAliasCount: 100 });
}

function problems(error: z.ZodError, where: string): string {
  return [`${where} is not a valid stemcell manifest:`, ...error.issues.map(describe)].join('\n');
}

function describe(issue: z.core.$ZodIssue): string {
  const key = issue.path.join('.');
  if (issue.message.endsWith('received undefined')) return `- '${key}' is missing`;
  return `- '${key}': ${issue.message.replace(/^Invalid input: /, '')}`;
}

function quotingHint(error: z.ZodError): string {
  const versionIsWrong = error.issues.some((issue) => issue.path[0] === 'version');
  return versionIsWrong
    ? "Write the version as a quoted string, e.g. version: '1.10' (unquoted it is a number, and 1.10 becomes 1.1)."
    : 'Correct stemcell.MF and pack the stemcell again.';
}
