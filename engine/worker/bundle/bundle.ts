/**
 * What a workflow bundle is, and where the embedded worker finds one.
 */

/** One user bundle: compiled workflow code without the library, ready for the sandbox. Plain data, may be stored as it is. */
export interface WorkflowBundle {
  /** sha256 (hex) over the library base and `code`: names what runs. */
  sha256: string;
  /** A script whose value is `(exports, require, module) => void`; it may require `@temporalio/workflow` and nothing else. */
  code: string;
  /** JSON source map of `code`; '' for none. */
  sourceMap: string;
  /** Exported names: the workflow types this bundle serves. */
  workflowTypes: string[];
  /** Revision of the published version, e.g. 'v3.0'; '' for hand-written workflows. Written to every completed task. */
  revision: string;
}

/** Bundles by workflow type; published versions are built on this. */
export interface BundleSource {
  find(workflowType: string): WorkflowBundle | undefined;
  /** Calls back with the workflow types whose bundle changed; their cached runs replay on the new one. Returns unsubscribe. */
  onChange(callback: (workflowTypes: string[]) => void): () => void;
}

/** A source over a fixed or growing set of bundles, for tests and hand-written workflows. */
export class BundleMap implements BundleSource {
  private readonly byType = new Map<string, WorkflowBundle>();
  private readonly listeners = new Set<(workflowTypes: string[]) => void>();

  constructor(bundles: WorkflowBundle[] = []) {
    for (const bundle of bundles) this.add(bundle);
  }

  /** Serve the bundle's workflow types with it from now on. */
  add(bundle: WorkflowBundle): void {
    for (const type of bundle.workflowTypes) this.byType.set(type, bundle);
    for (const listener of this.listeners) listener(bundle.workflowTypes);
  }

  find(workflowType: string): WorkflowBundle | undefined {
    return this.byType.get(workflowType);
  }

  onChange(callback: (workflowTypes: string[]) => void): () => void {
    this.listeners.add(callback);
    return () => this.listeners.delete(callback);
  }
}
