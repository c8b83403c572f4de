/** The functions of the catalogue by activity type: an activity worker registers them. */
import type { ActivityConfig } from './config';
import { EgressGuard, type Resolver } from './egress/guard';
import { Masking } from './http/masking';
import type { SecretReader } from './http/input';
import { httpRequestActivity } from './http/request';
import { closeTaskActivity, openTaskActivity } from './human/tell-web';
import { logActivity } from './log/write';

export interface ActivityFunctionsOptions {
  readSecret?: SecretReader;
  /** Name resolution; by default the system's own. */
  resolver?: Resolver;
}

/** Plain Temporal activities: they run under any worker, inside its `Context`. */
// The element type is the one of the official worker, because argument types differ between activities.
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
