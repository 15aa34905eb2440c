/** A file that goes into a fingerprint and an archive. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** In the archive. */
  readonly relativePath: string;
}

export interface PackageSource {
  readonly kind: 'package';
  readonly name: string;
  readonly dependencies: readonly string[];
  /** Includes `packaging` and `pre_packaging`. Empty for a vendored package. */
  readonly files: readonly SourceFile[];
  readonly noCompression: boolean;
  /** Set for a package vendored by spec.lock: nothing is built, it comes from .final_builds. */
  readonly lock: { readonly fingerprint: string } | undefined;
  readonly warnings: readonly string[];
}

export interface JobSource {
  readonly kind: 'job';
  readonly name: string;
  readonly packages: readonly string[];
  readonly files: readonly SourceFile[];
  readonly warnings: readonly string[];
}

export interface LicenseSource {
  readonly kind: 'license';
  readonly name: 'license';
  readonly files: readonly SourceFile[];
  readonly warnings: readonly string[];
}

export type Source = PackageSource | JobSource | LicenseSource;
