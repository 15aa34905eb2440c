import { z } from 'zod';

/** One element of `GET /stemcells`: a stemcell in one CPI's cloud. */
export const stemcellSchema = z.object({
  name: z.string(),
  operating_system: z.string(),
  version: z.string(),
  cid: z.string(),
  cpi: z.string().nullish(),
  deployments: z.array(z.object({ name: z.string() })),
  api_version: z.number().nullish(),
  id: z.number().optional(),
});

/** `POST /stemcell_uploads` */
export const stemcellUploadRequestSchema = z.object({
  stemcell: z.object({ name: z.string(), version: z.string() }),
});

/** Its reply: whether some CPI lacks the stemcell. */
export const stemcellUploadReplySchema = z.object({ needed: z.boolean() });

export type Stemcell = z.infer<typeof stemcellSchema>;
export type StemcellUploadRequest = z.infer<typeof stemcellUploadRequestSchema>;
export type StemcellUploadReply = z.infer<typeof stemcellUploadReplySchema>;
