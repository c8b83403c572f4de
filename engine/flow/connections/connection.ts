/**
 * A connection: a service that steps call, with its address, the way to authenticate there, and defaults for its
 * operations. The browser, the server and the engine share these shapes.
 *
 * Rules
 * [CO1] A connection contains names of secrets, never their values.
 * [CO2] The name is the first part of the activity type in histories. It is never changed, and is never used again for
 *       another service; a connection that is not needed any more is archived.
 * [CO3] The address and the secrets are read when a call is made. What an operation does is frozen with each published
 *       version (operation.ts).
 */
import { z } from 'zod';
import { activityOptionsSchema } from '../activity-options';
import { factsAtRunTime, factsOfKind, KIND_NAMES, type Kind, type SettingsOf } from './kinds/table';

/** Prefixes of the activities of the product, which a connection cannot use. */
const RESERVED_NAMES = ['http', 'human', 'log', 'flow', 'signal'];

export const connectionNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'small letters, digits and dashes; begins with a letter; at most 63 characters')
  .refine((name) => !RESERVED_NAMES.includes(name), 'is a name that the product itself uses');

/** An origin such as 'https://login.example.com' or 'https://*.example.com'. */
export const originSchema = z
  .string()
  .max(300)
  .regex(
    /^https?:\/\/(\*(\.[a-z0-9.-]+)?|[a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i,
    'an origin without a path, such as https://login.example.com or https://*.example.com'
  );

const common = {
  name: connectionNameSchema,
  title: z.string().trim().min(1).max(100),
  /** Further origins that requests of this connection may reach, for example by a redirect. */
  allow: z.array(originSchema).max(50),
  /** Defaults of the operations that set none. */
  options: activityOptionsSchema,
};

type Common = { [Field in keyof typeof common]: z.infer<(typeof common)[Field]> };
export type ConnectionOf<K extends Kind> = Common & { kind: K; settings: SettingsOf<K> };
export type Connection = { [K in Kind]: ConnectionOf<K> }[Kind];

const ofKind = <K extends Kind>(kind: K) =>
  z.strictObject({ ...common, kind: z.literal(kind), settings: factsOfKind(kind).settings });
export const connectionSchema = z.discriminatedUnion(
  'kind',
  KIND_NAMES.map(ofKind) as unknown as [ReturnType<typeof ofKind>]
) as unknown as z.ZodType<Connection, Connection>;

/** Where it leads, in one line. */
export const addressOf = ({ kind, settings }: Connection): string => factsAtRunTime(kind).address(settings as never);

/** How it authenticates, in a few words. */
export const loginOf = ({ kind, settings }: Connection): string => factsAtRunTime(kind).login(settings as never);

/** The names of all secrets that a connection uses, each once. */
export function secretsOf(connection: Connection): string[] {
  const found = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [field, inner] of Object.entries(value)) {
      if (field === 'secret' && typeof inner === 'string') {
        if (inner !== '') found.add(inner);
      } else collect(inner);
    }
  };
  collect(connection.settings);
  return [...found].sort();
}
