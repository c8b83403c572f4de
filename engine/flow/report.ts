/** How the parts of validation report their diagnostics. */
import type { Diagnostic } from './diagnostic';

export type Path = Diagnostic['path'];
/** `proposed`: a value with which the field would be right. */
export type Report = (
  code: string,
  nodeId: string | null,
  path: Path,
  message: string,
  fix?: string,
  proposed?: string | null
) => void;
