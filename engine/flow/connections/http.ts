/** HTTP connections and operations. */
import { z } from 'zod';
import { FORM_KINDS, GROUP_STYLES, LIST_STYLES, type BodyEncoding } from './form';
import type { Mapping } from './mapping';
import { secretNameSchema } from './secrets';

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'is not the name of a header');
/** A header value of one line. */
const headerText = z
  .string()
  .max(2_000)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'has a character that is not allowed in a header');

/** An http or https address without credentials, query and fragment. */
export const addressSchema = z
  .string()
  .max(2_000)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, username, password, search, hash } = new URL(text);
    return /^https?:$/.test(protocol) && !username && !password && !search && !hash;
  }, 'an address such as https://api.example.com/v1, without a password and without a query');

export const httpAuthSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  /** `Authorization: Bearer <secret>` */
  z.strictObject({ kind: z.literal('bearer'), secret: secretNameSchema }),
  z.strictObject({
    kind: z.literal('basic'),
    username: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[^:\p{Cc}]+$/u, 'without a colon and without control characters'),
    secret: secretNameSchema,
  }),
  z.strictObject({
    kind: z.literal('apiKey'),
    in: z.enum(['header', 'query']),
    /** Of the header or of the parameter. */
    name: headerName,
    secret: secretNameSchema,
  }),
  /** OAuth 2.0 client credentials (RFC 6749, 4.4). */
  z.strictObject({
    kind: z.literal('oauth2'),
    tokenUrl: addressSchema,
    clientId: z.string().min(1).max(500),
    /** The client secret. */
    secret: secretNameSchema,
    /** 'basic': in the Authorization header; 'body': as parameters. */
    clientAuth: z.enum(['basic', 'body']),
    scope: z.string().max(1_000),
    audience: z.string().max(1_000),
  }),
  /**
   * A signature of each request: HMAC over `signs`, with the secret as the key. The time is in seconds since 1970 and
   * is sent in `timestampHeader`.
   */
  z.strictObject({
    kind: z.literal('hmac'),
    secret: secretNameSchema,
    algorithm: z.enum(['sha256', 'sha512']),
    header: headerName,
    timestampHeader: headerName,
    encoding: z.enum(['hex', 'base64']),
    /**
     * 'body': the body. 'time.body': time, dot, body. 'request': method, path with query, time and body, one a line.
     */
    signs: z.enum(['body', 'time.body', 'request']),
    /** Written before the signature, such as 'sha256='. */
    prefix: headerText,
  }),
]);
export type HttpAuth = z.infer<typeof httpAuthSchema>;

/** An address, or the name of one in the configuration of the engine (BACKSTITCH_CONNECTIONS). */
export const placeSchema = z.union([
  addressSchema,
  z.strictObject({ environment: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/) }),
]);
export type Place = z.infer<typeof placeSchema>;

export const httpSettingsSchema = z.strictObject({
  /** The base address. */
  address: placeSchema,
  /** Sent with every request. */
  headers: z.record(headerName, headerText),
  auth: httpAuthSchema,
  /** What 'Test' requests: a path below the address, with GET. */
  testPath: z.string().max(2_000),
});
export type HttpSettings = z.infer<typeof httpSettingsSchema>;

/**
 * Text and JSON in which `{field}` is replaced by a field of the input (mapping.ts). Nothing else in it is
 * interpreted, and nothing in the input is.
 */
export const mappingSchema: z.ZodType<Mapping> = z.json();

const formStyle = {
  lists: z.enum(LIST_STYLES),
  groups: z.enum(GROUP_STYLES),
};
export const bodyEncodingSchema = z.strictObject({
  kind: z.enum(FORM_KINDS),
  ...formStyle,
  fields: z.record(z.string().min(1).max(200), z.strictObject(formStyle)).optional(),
}) satisfies z.ZodType<BodyEncoding>;

const statuses = z.array(z.int().min(100).max(599)).max(50);

/** How an HTTP operation is carried out. */
export const httpCallSchema = z.strictObject({
  kind: z.literal('http'),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
  /** Below the connection's address: '/payments/{paymentId}'. */
  path: z.string().max(2_000),
  query: z.record(z.string().min(1).max(200), z.string().max(2_000)),
  headers: z.record(headerName, z.string().max(2_000)),
  /**
   * 'none': no body. 'rest': an object of all fields of the input that path, query and headers do not use. Otherwise a
   * mapping.
   */
  body: z.union([z.literal('none'), z.literal('rest'), z.strictObject({ mapping: mappingSchema })]),
  /** How the body is written (form.ts); absent: as JSON. */
  encoding: bodyEncodingSchema.optional(),
  /**
   * 'body': the output is the body of the answer. 'full': { status, headers, body }. 'lookup': { applied, output },
   * where 404 and 410 mean that it was not applied.
   */
  answer: z.enum(['body', 'full', 'lookup']),
  /** The header for the key of the call; '' for none. The key can also be written as {idempotencyKey} in a mapping. */
  idempotencyHeader: z.union([z.literal(''), headerName]),
  /** After these statuses the step is tried again; absent: 408, 425, 429 and every 5xx. */
  retryableStatuses: statuses.optional(),
  /** These statuses mean that nothing happened; absent: 402. */
  notAppliedStatuses: statuses.optional(),
});
export type HttpCall = z.infer<typeof httpCallSchema>;
