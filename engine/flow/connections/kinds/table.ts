/** All kinds of connections. A new kind is one line here. */
import { code } from './code';
import { http } from './http';
import type { KindFacts } from './kind-facts';
import { mail } from './mail';
import { mcp } from './mcp';
import { model } from './model';
import { redis } from './redis';
import { script } from './script';
import { sql } from './sql';
import { webhook } from './webhook';

const KINDS = { http, sql, mail, webhook, redis, model, mcp, script, code } as const;

export type Kind = keyof typeof KINDS;
type Of<K extends Kind> =
  (typeof KINDS)[K] extends KindFacts<infer Settings, infer Call> ? { settings: Settings; call: Call } : never;
export type SettingsOf<K extends Kind> = Of<K>['settings'];
export type CallOf<K extends Kind> = Of<K>['call'];
export type Call = { [K in Kind]: CallOf<K> }[Kind];

export const KIND_NAMES = Object.keys(KINDS) as Kind[];

/** The facts of a kind, for settings and calls of that kind. */
export const factsOfKind = <K extends Kind>(kind: K): KindFacts<SettingsOf<K>, CallOf<K>> =>
  // TypeScript does not connect the key with the type of its entry.
  KINDS[kind] as unknown as KindFacts<SettingsOf<K>, CallOf<K>>;

/** The facts for values whose kind is known only at run time: settings and calls must be of this kind. */
export const factsAtRunTime = (kind: Kind): KindFacts<never, never> =>
  KINDS[kind] as unknown as KindFacts<never, never>;
