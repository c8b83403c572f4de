/** Connections to mail servers (SMTP), and mails as operations. */
import { z } from 'zod';
import { secretNameSchema } from './secrets';

/** One address, without a name: 'orders@example.com'. */
export const MAIL_ADDRESS = /^[^\s@<>(),;:"[\]\\\p{Cc}]{1,64}@[A-Za-z0-9.-]{1,253}$/u;

export const mailSettingsSchema = z.strictObject({
  host: z
    .string()
    .max(253)
    .regex(/^[A-Za-z0-9.:_-]+$/, 'a host name or an address, such as smtp.example.com'),
  port: z.int().min(1).max(65_535),
  /** 'implicit': TLS from the first byte (465). 'starttls': TLS is required before the login (587). 'off': none. */
  tls: z.enum(['implicit', 'starttls', 'off']),
  /** '' for no login. */
  user: z.string().max(200),
  /** The password; '' for none. */
  secret: z.union([z.literal(''), secretNameSchema]),
  from: z.string().regex(MAIL_ADDRESS, 'one address, such as orders@example.com'),
});
export type MailSettings = z.infer<typeof mailSettingsSchema>;

const text = (longest: number) => z.string().max(longest);

/** `{field}` in these texts is replaced by a field of the input (mapping.ts). */
export const mailCallSchema = z.strictObject({
  kind: z.literal('mail'),
  /** Each becomes one address, or a list of addresses if it is one placeholder. */
  to: z.array(text(500)).min(1).max(50),
  cc: z.array(text(500)).max(50),
  replyTo: text(500),
  subject: text(500),
  /** Plain text. */
  text: text(20_000),
  answer: z.literal('sent'),
});
export type MailCall = z.infer<typeof mailCallSchema>;
