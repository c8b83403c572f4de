/** How each kind of operation is carried out. A new kind is one line here. */
import type { Kind } from '../flow/connections/kinds/table';
import type { Carrier } from './carrier';
import { code } from './code/carrier';
import { http } from './http/carrier';
import { mail } from './mail/carrier';
import { mcp } from './mcp/carrier';
import { model } from './model/carrier';
import { redis } from './redis/carrier';
import { script } from './script/carrier';
import { sql } from './sql/carrier';
import { webhook } from './webhook/carrier';

const CARRIERS: { readonly [K in Kind]: Carrier<K> } = { http, sql, mail, webhook, redis, model, mcp, script, code };

/** The carrier of a kind that is known only at run time: operation and connection must be of this kind. */
export const carrierOf = (kind: Kind): Carrier<never> => CARRIERS[kind] as unknown as Carrier<never>;
