/** How the parts of validation report their diagnostics. */
import type { Diagnostic } from './diagnostic';

export type Path = Diagnostic['path'];
export type Report = (code: string, nodeId: string | null, path: Path, message: string, fix?: string) => void;
