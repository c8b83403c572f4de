/** The functions behind the catalogue, by activity type: what an activity worker registers. */
import type { ActivityConfig } from './config';
import { EgressGuard, type Resolver } from './egress/guard';
import { Masking } from './http/masking';
import type { SecretReader } from './http/input';
import { httpRequestActivity } from './http/request';
import { closeTaskActivity, openTaskActivity } from './human/tell-web';
import { logActivity } from './log/write';

export interface ActivityFunctionsOptions {
  readSecret?: SecretReader;
  /** Name resolution; the system's own unless given. */
  resolver?: Resolver;
}

/** Plain Temporal activities: they run under any worker, inside its `Context`. */
// The element type is the official worker's own: argument types differ from activity to activity.
export type ActivityFunctions = Record<string, (...args: never[]) => Promise<unknown>>;

export function activityFunctions(config: ActivityConfig, options: ActivityFunctionsOptions = {}): ActivityFunctions {
  const guard = new EgressGuard(config, options.resolver);
  const masking = new Masking();
  return {
    'http.request': httpRequestActivity(config, guard, options.readSecret ?? (async () => null), masking),
    'human.open': openTaskActivity(config.web),
    'human.close': closeTaskActivity(config.web),
    log: logActivity(masking),
  };
}
