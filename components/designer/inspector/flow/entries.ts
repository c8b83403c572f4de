import type { Json } from '@/engine/flow/edit/draft';
import { isFields } from '@/engine/run-view/fields';

/** The entries of an object; none of another value. */
export const entriesOf = (value: Json | undefined): [string, Json][] =>
  isFields(value) ? Object.entries(value as { [name: string]: Json }) : [];
