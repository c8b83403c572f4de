/** An activity for which Backstitch has no code: write it, and put it into index.ts in place of this one. */
import type { ActivityCall } from './call';
import { failure, notSent } from './call';

export const unwritten =
  (type: string) =>
  async (_input: unknown, _call: ActivityCall): Promise<never> => {
    throw notSent(failure('NotImplemented', true, `not implemented: ${type} (src/activities/index.ts)`));
  };
