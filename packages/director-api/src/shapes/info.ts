import { z } from 'zod';

/** One entry of `features`: whether it is on, and what belongs to it (`domain_name`, `urls`, …). */
export const featureSchema = z.object({
  status: z.boolean(),
  extras: z.record(z.string(), z.unknown()).optional(),
});

/** `GET /info`, the only reply that needs no credentials. `user` is null when none or wrong ones were sent. */
export const infoSchema = z.object({
  name: z.string(),
  uuid: z.string(),
  version: z.string(),
  user: z.string().nullable(),
  cpi: z.string().nullish(),
  stemcell_os: z.string().nullish(),
  stemcell_version: z.string().nullish(),
  user_authentication: z.object({
    type: z.string(),
    options: z.object({ url: z.string().optional(), urls: z.array(z.string()).optional() }),
  }),
  features: z.record(z.string(), featureSchema).optional(),
});

/** `GET /director/certificate_expiry` */
export const directorCertificateSchema = z.object({
  certificate_path: z.string(),
  expiry: z.string(),
  days_left: z.number(),
});

export type Feature = z.infer<typeof featureSchema>;
export type Info = z.infer<typeof infoSchema>;
export type DirectorCertificate = z.infer<typeof directorCertificateSchema>;
