import { z } from 'zod';

const owner = z.object({
  type: z.string(),
  name: z.string(),
  info: z.object({ instance_group: z.string() }).optional(),
});

/** One element of `GET /link_providers`. All link ids are numbers written as strings. */
export const linkProviderSchema = z.object({
  id: z.string(),
  name: z.string(),
  shared: z.boolean(),
  deployment: z.string(),
  link_provider_definition: z.object({ type: z.string(), name: z.string() }),
  owner_object: owner,
});

/** One element of `GET /link_consumers` */
export const linkConsumerSchema = z.object({
  id: z.string(),
  name: z.string(),
  optional: z.boolean(),
  deployment: z.string(),
  owner_object: owner,
  link_consumer_definition: z.object({ name: z.string(), type: z.string() }),
});

/** One element of `GET /links` */
export const linkSchema = z.object({
  id: z.string(),
  name: z.string(),
  link_consumer_id: z.string(),
  link_provider_id: z.string().nullable(),
  created_at: z.string(),
});

/** `POST /links` */
export const createLinkRequestSchema = z.object({
  link_provider_id: z.string(),
  link_consumer: z.object({ owner_object: z.object({ name: z.string(), type: z.string() }) }),
  network: z.string().optional(),
});

/** `GET /link_address` */
export const linkAddressSchema = z.object({ address: z.string() });

export type LinkProvider = z.infer<typeof linkProviderSchema>;
export type LinkConsumer = z.infer<typeof linkConsumerSchema>;
export type Link = z.infer<typeof linkSchema>;
export type CreateLinkRequest = z.infer<typeof createLinkRequestSchema>;
export type LinkAddress = z.infer<typeof linkAddressSchema>;
