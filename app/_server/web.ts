/**
 * The dependencies of all operations. The server process composes one object (compose.ts) and makes it global,
 * because Next bundles pages and handlers separately from the server. Nothing else is global.
 */
import type { Client } from '@temporalio/client';
import type { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { DraftVisitor } from '@/app/_contract/live';
import type { BackstitchClient } from '@/engine/api/client';
import type { PrismaClient } from '@/prisma/client/client';
import type { AlertWatch } from './alerts/alert-watch';
import type { AttentionReader } from './attention/reader';
import type { WebConfig } from './config';
import type { Drafts } from './drafts/drafts';
import type { EventDeliverer } from './events/deliverer';
import type { VersionCatalogue } from './flows/catalogue';
import type { HealthCheck } from './health';
import type { ReadTasks } from './inbox/read-tasks';
import type { Hub } from './live/hub';
import type { Invalidations } from './live/invalidations';
import type { Mail } from './mail';
import type { WebMetrics } from './metrics/web-metrics';
import type { Chatter } from './notifications/chatter';
import type { Outbox } from './notifications/outbox';
import type { Pusher } from './notifications/pusher';
import type { Auth } from './people/auth';
import type { Limits } from './people/limits';
import type { Provider } from './people/provider';

export interface Web {
  config: WebConfig;
  log: Logger;
  database: PrismaClient;
  temporal: Client;
  versions: BackstitchClient;
  catalogue: VersionCatalogue;
  drafts: Drafts;
  auth: Auth;
  health: HealthCheck;
  metrics: Pick<WebMetrics, 'text'>;
  limits: Limits;
  mail: Mail;
  chatter: Pick<Chatter, 'send' | 'post'>;
  alerts: Pick<AlertWatch, 'wake'>;
  outbox: Pick<Outbox, 'wake'>;
  pusher: Pick<Pusher, 'send' | 'publicKey' | 'whyNot'>;
  /** By which people may sign in; null: none is configured. */
  provider: Provider | null;
  hub: Hub;
  attention: AttentionReader;
  invalidations: Invalidations;
  events: Pick<EventDeliverer, 'wake' | 'sendOnce'>;
  readTasks: ReadTasks;
  /** Filters of runs that could not be counted in time, lately. */
  slowCounts: LRUCache<string, true>;
  /** Who has a draft open now, in all web processes. */
  presence: { peopleIn(id: string): DraftVisitor[] };
  /** A session of this person ended: their live sockets are checked at once, in every web process. */
  sessionEnded: (personId: string) => void;
  /**
   * The permissions of this person changed, or of anybody (null): open sockets are checked at once, in every web
   * process.
   */
  personChanged: (personId: string | null) => void;
}

const PLACE = Symbol.for('backstitch.web');
type Global = { [PLACE]?: Web };

export function provideWeb(web: Web): void {
  (globalThis as Global)[PLACE] = web;
}
/** Throws if it is called outside of the server process, for example by `next build`. */
export function web(): Web {
  const found = (globalThis as Global)[PLACE];
  if (!found) throw new Error('The web was not composed: pages are served by app/_server/main.ts.');
  return found;
}
