/** The functions of the catalogue by activity type, and those of operations: an activity worker registers them. */
import type { CallEnvironment } from './carrier';
import type { ActivityConfig } from './config';
import { EgressGuard, type Resolver } from './egress/guard';
import { failure } from './http/failure';
import { Masking } from './http/masking';
import type { SecretReader } from './http/input';
import { httpRequestActivity } from './http/request';
import { planAlertActivity, tellOfAlertActivity } from './alert/ask-web';
import { askTaskActivity, closeTaskActivity, openTaskActivity } from './human/tell-web';
import { logActivity } from './log/write';
import { Operations, type OperationSource } from './operations';

export interface ActivityFunctionsOptions {
  readSecret?: SecretReader;
  /** Name resolution; by default the system's own. */
  resolver?: Resolver;
  /** Connections and the operations of published versions; by default none. */
  operations?: OperationSource;
  /** The operator's own folder of activities; by default there is none. */
  ownCode?: CallEnvironment['ownCode'];
}

/** Plain Temporal activities: they run under any worker, inside its `Context`. */
// The element type is the one of the official worker, because argument types differ between activities.
export type ActivityFunctions = Record<string, (...args: never[]) => Promise<unknown>>;

export interface Activities {
  /** The catalogue of the product. */
  activities: ActivityFunctions;
  /** Finds the function for any other activity type; undefined if there can be none. */
  others: (activityType: string) => ((...args: never[]) => Promise<unknown>) | undefined;
  operations: Operations;
}

/** Without operations of connections. */
export const activityFunctions = (config: ActivityConfig, options: ActivityFunctionsOptions = {}): ActivityFunctions =>
  openActivities(config, options).activities;

export function openActivities(config: ActivityConfig, options: ActivityFunctionsOptions = {}): Activities {
  const guard = new EgressGuard(config, options.resolver);
  const masking = new Masking();
  const readSecret = readable(options.readSecret ?? (async () => null));
  const operations = new Operations(options.operations ?? NONE, {
    config,
    guard,
    readSecret,
    masking,
    ownCode: options.ownCode,
    now: Date.now,
  });
  return {
    activities: {
      'http.request': httpRequestActivity(config, guard, readSecret, masking, (name) => operations.httpTarget(name)),
      'human.open': openTaskActivity(config.web),
      'human.ask': askTaskActivity(config.web),
      'human.close': closeTaskActivity(config.web),
      'alert.tell': tellOfAlertActivity(config.web),
      'alert.plan': planAlertActivity(config.web),
      log: logActivity(masking),
    },
    others: (activityType) => operations.activity(activityType),
    operations,
  };
}

const NONE: OperationSource = { frozen: async () => null, connection: async () => null };

/**
 * A secret that cannot be read now is a failure before anything was sent. The text of the error is about the database,
 * so it is not part of the failure.
 */
function readable(read: SecretReader): SecretReader {
  return (name) =>
    read(name).catch(() => {
      throw failure('SecretUnavailable', false, `The secret '${name}' cannot be read now.`);
    });
}
