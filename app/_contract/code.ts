/** The messages about the code that a flow is compiled to. */
import type { DraftCode } from '@/engine/trial/draft-code';

export type { CompiledCode } from '@/engine/trial/draft-code';

/** The code of a draft as it is stored. */
export interface DraftCodeAnswer extends DraftCode {
  /** The number of the draft that was compiled. */
  number: number;
  /** The version that it would be published as. */
  version: number;
}
