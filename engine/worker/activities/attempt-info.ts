/** What the Context of an activity says about its attempt, beside what Temporal's own has. */
import type { Info } from '@temporalio/activity';

export interface AttemptInfo extends Info {
  /** The revision whose workflow task scheduled the activity, e.g. 'v3.1'. Missing or '' where no task named one. */
  revision?: string;
}
