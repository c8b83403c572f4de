/** The forms of all kinds of connections. A new kind is one line here. */
import { factsAtRunTime, type Kind } from '@/engine/flow/connections/kinds/table';
import { code } from './code';
import { http } from './http';
import type { KindForm } from './kind-form';
import { mail } from './mail';
import { mcp } from './mcp';
import { model } from './model';
import { redis } from './redis';
import { script } from './script';
import { sql } from './sql';
import { webhook } from './webhook';

type Forms = { readonly [K in Kind]: KindForm<K, never> };
// What a form makes of a call is only handed back to the same form.
const FORMS = { http, sql, mail, webhook, redis, model, mcp, script, code } as unknown as Forms;

/** Those that people make. */
export const KIND_OPTIONS = Object.entries(FORMS)
  .filter(([kind]) => !factsAtRunTime(kind as Kind).fromFolder)
  .map(([value, { label, description }]) => ({
    value,
    label,
    description,
  }));

/** The form of a kind that is known only at run time: settings, calls and models must be of this kind. */
export const formOf = (kind: Kind): KindForm<Kind, never> => FORMS[kind] as unknown as KindForm<Kind, never>;
