/**
 * For tests of publishing: a minimal compiler, so that the rules of publishing are tested without the real compiler.
 * The bundler is the real one.
 */
import { createHash } from 'node:crypto';
import type { Compiled } from '../../compiler/compile';
import { workflowType } from '../../flow/document';
import type { Diagnostic } from '../../flow/diagnostic';
import type { FlowManifest } from '../../flow/manifest';
import { bundleWorkflows } from '../../worker/bundle/bundle';
import type { Toolchain } from '../build';

export interface HandDocument {
  format: number;
  name: string;
  title: string;
  answer: string;
  broken?: boolean;
  illTyped?: boolean;
  imports?: string;
}

export const handToolchain: Toolchain = {
  async compile(document, version, _operations, revision = `v${version}.0`): Promise<Compiled> {
    const { name, answer, broken, illTyped, imports } = document as HandDocument;
    const problem: Diagnostic = {
      code: 'test/broken',
      severity: 'error',
      nodeId: 'step-1',
      path: ['undo', 0],
      message: 'no good',
    };
    if (broken) return { code: '', files: {}, manifest: null, diagnostics: [problem] };
    const type = workflowType(name, version);
    const code = [
      imports ? `import x from ${JSON.stringify(imports)}; x();` : '',
      illTyped ? '// ill-typed' : '',
      `export async function ${type}() { return ${JSON.stringify(answer)}; }`,
    ].join('\n');
    const manifest = {
      format: 1,
      flow: name,
      version,
      revision,
      workflowType: type,
      nodes: {},
      document,
      sha: createHash('sha256').update(code).digest('hex'),
    } as unknown as FlowManifest;
    return { code, files: { 'workflow.ts': code }, manifest, diagnostics: [] };
  },
  async typeCheck({ code }: Compiled) {
    return code.includes('// ill-typed')
      ? [{ code: 'type', severity: 'error', nodeId: null, path: [], message: 'ill-typed' }]
      : [];
  },
  bundle: ({ files, manifest }) =>
    bundleWorkflows({ entry: 'workflow.ts', modules: files, revision: manifest?.revision ?? '' }),
};
