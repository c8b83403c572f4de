/** The composition root of the web process: names the concrete database, engine and doors, and connects them. */
import type { Server as HttpServer } from 'node:http';
import { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { pino, type DestinationStream } from 'pino';
import { routes } from '@/app/_contract/routes';
import { createBackstitchClient } from '@/engine/api/client';
import { AlertWatch } from './alerts/alert-watch';
import { AlertRuns } from './alerts/flow';
import { AttentionReader } from './attention/reader';
import type { WebConfig } from './config';
import { openDatabase } from './database';
import { Drafts } from './drafts/drafts';
import { readStored } from './drafts/stored';
import { connectEngine } from './engine';
import { EventDeliverer } from './events/deliverer';
import { Targets } from './events/targets';
import { fillIn } from './fill-in';
import { VersionCatalogue } from './flows/catalogue';
import { HealthCheck } from './health';
import { reconcileTasks } from './inbox/reconcile';
import { HintFeed } from './live/hint-feed';
import { Hub } from './live/hub';
import { Invalidations } from './live/invalidations';
import { getGate } from './gates/get';
import { openLiveDoor } from './live/sockets';
import { ReadTasks } from './inbox/read-tasks';
import { PartsWatch } from './live/parts-watch';
import { createUpstream } from './live/upstream';
import { syncKeyOwners } from './keys/owners';
import { createMail } from './mail';
import { WebMetrics } from './metrics/web-metrics';
import { Chatter } from './notifications/chatter';
import { followNow } from './notifications/follow';
import { Outbox } from './notifications/outbox';
import { Pusher } from './notifications/pusher';
import { removeRowsOfGone } from './retention/rows-of-gone';
import { createAuth } from './people/auth';
import { Limits } from './people/limits';
import { Provider } from './people/provider';
import type { Web } from './web';
import { WebPresence } from './workers/web-presence';
import manifest from '@/package.json';

const RECONCILE_MS = 30_000;
/** Asks for the run of every old row, so not often. */
const ROWS_OF_GONE_MS = 12 * 60 * 60_000;
const FILL_IN_MS = 5_000;
const REDIS_RETRY_MS = 1_000;
/** How long a filter that is too slow to count is not counted again. */
const SLOW_COUNTS_MS = 60_000;
/** If there are no hints, lists are read again at this interval while somebody is connected. */
const STALE_LISTS_MS = 3_000;

export interface ComposedWeb {
  web: Web;
  metrics: WebMetrics;
  close(): Promise<void>;
}

/**
 * Connects to nothing yet: database and engine are contacted when they are needed. Logs to standard output or to
 * `logTo`.
 */
export function composeWeb(config: WebConfig, server: HttpServer, logTo?: DestinationStream): ComposedWeb {
  const log = pino({ name: 'web', level: config.logLevel }, logTo);
  const database = openDatabase(config.databaseUrl, (error) =>
    log.warn({ err: error }, 'a database connection was lost')
  );
  const redis = config.redisUrl
    ? new Redis(config.redisUrl, {
        maxRetriesPerRequest: 2,
        retryStrategy: (tries) => Math.min(100 * tries, REDIS_RETRY_MS),
      })
    : null;
  redis?.on('error', (error) => log.warn({ err: error }, 'Redis is away'));
  if (redis) hearRefusals(redis);
  const temporal = connectEngine(config);
  const versions = createBackstitchClient(config.versionsAddress, config.key);
  const catalogue = new VersionCatalogue(versions);
  const limits = new Limits(redis);
  const auth = createAuth(config, database, limits);
  const mail = createMail(config, log);
  const provider = config.oidc && new Provider(config.oidc, new URL(routes.finishWithProvider(), config.webUrl));
  const door = openLiveDoor(server, { config, auth, database, log, redis }, (topics) => {
    if (!topics.includes('flows')) return;
    catalogue.changed();
    events.flowsChanged();
  });
  const invalidations = new Invalidations((topics, reach) => {
    door.invalidate(topics, reach);
    if (topics.includes('flows')) events.flowsChanged();
  });
  const drafts = new Drafts(database, (draft) => door.draftChanged(draft));
  const events = new EventDeliverer(
    { database, log, config, invalidations, versions, catalogue },
    new Targets(config, redis)
  );
  events.start();
  const upstream = createUpstream({ temporal, catalogue, config });
  const hub = new Hub({
    upstream,
    emit: (run, delta) => door.emitDelta(run, delta),
    hinted: () => feed?.live ?? false,
  });
  const attention = new AttentionReader(versions, config.namespace, () => invalidations.heard(['attention']));
  /** Some run has changed, or may have. */
  const runsChanged = () => {
    attention.changed();
    events.wake();
    invalidations.heard(['runs', 'attention', 'schedules']);
  };
  const health = new HealthCheck({ database, temporal });
  const chatter = new Chatter(config);
  const metrics = new WebMetrics({ database, liveSockets: () => door.liveSockets() });
  const pusher = new Pusher(config);
  const outbox: Outbox = new Outbox(() => web);
  const alertRuns = new AlertRuns({ config, temporal, versions });
  const alerts: AlertWatch = new AlertWatch(
    () => web,
    () => alertRuns
  );
  alerts.start();
  const web: Web = {
    config,
    log,
    database,
    temporal,
    versions,
    catalogue,
    drafts,
    auth,
    limits,
    mail,
    chatter,
    outbox,
    alerts,
    pusher,
    provider,
    health,
    metrics,
    hub,
    attention,
    invalidations,
    events,
    readTasks: new ReadTasks(),
    slowCounts: new LRUCache({ max: 500, ttl: SLOW_COUNTS_MS }),
    presence: { peopleIn: (id) => door.peopleIn(id) },
    sessionEnded: (personId) => door.sessionEnded(personId),
    personChanged: (personId) => door.personChanged(personId),
  };

  const reconcile = (workflowId?: string) =>
    reconcileTasks(web, workflowId).catch((error: unknown) =>
      log.debug({ err: error }, 'tasks could not be reconciled now; they will be later')
    );
  const followClosed = (workflowId: string) =>
    followNow(web, workflowId).catch((error: unknown) =>
      log.debug({ err: error }, 'what became of a decision is looked at later')
    );
  const feed = config.foreignCluster
    ? null
    : new HintFeed(versions, config.namespace, {
        onHint: ({ workflowId, runId, kind }) => {
          hub.hint({ workflowId, runId });
          runsChanged();
          // Another process may have served the page.
          if (web.readTasks.concerns(runId)) invalidations.announce(['inbox']);
          if (kind === 'closed') void reconcile(workflowId).then(() => followClosed(workflowId));
        },
        onOpen: () => {
          catalogue.changed();
          hub.hintAll();
          runsChanged();
          invalidations.heard(['flows', 'inbox']);
          void syncKeyOwners(web);
        },
      });
  let isFilledIn = false;
  const fill = async () => {
    if (!isFilledIn) isFilledIn = (await fillIn(web)) === 0;
  };
  const timers = [
    setInterval(() => void reconcile(), RECONCILE_MS),
    setInterval(
      () =>
        void removeRowsOfGone(web).catch((error: unknown) =>
          log.debug({ err: error }, 'rows of runs that are gone cannot be removed now')
        ),
      ROWS_OF_GONE_MS
    ),
    setInterval(
      () => void fill().catch((error: unknown) => log.debug({ err: error }, 'nothing can be filled in now')),
      FILL_IN_MS
    ),
    setInterval(() => {
      if (!feed?.live && door.busy()) runsChanged();
    }, STALE_LISTS_MS),
  ];
  const presence = new WebPresence(database, manifest.version, log);
  const parts = new PartsWatch(health, door);
  door.serve(
    hub,
    {
      numberFor: async (actor, id) => (await readStored({ database }, actor, id, 'drafts.get')).number,
      numbersOf: (ids) => database.draft.findMany({ where: { id: { in: ids } }, select: { id: true, number: true } }),
    },
    async (actor, flow, id) => (await getGate(web, actor, flow, id)).report,
    async (run) => (await upstream.describe(run)).summary.flow,
    () => void parts.look()
  );

  return {
    web,
    metrics,
    async close() {
      timers.forEach(clearInterval);
      await presence.close();
      await alerts.close();
      await outbox.close();
      chatter.close();
      pusher.close();
      feed?.close();
      parts.close();
      hub.close();
      attention.close();
      await events.close();
      invalidations.close();
      await door.close();
      versions.close();
      await temporal.connection.close();
      await database.$disconnect();
      redis?.disconnect();
    },
  };
}

/**
 * The adapter of the sockets does not await every answer of Redis. A rejection while Redis is away must not end this
 * process.
 */
function hearRefusals(redis: Redis): void {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    command.promise.catch(() => undefined);
    return send(command, stream);
  };
}
