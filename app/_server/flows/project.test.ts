/**
 * A flow as a project.
 *
 * [EXPJ1] A project has the code of all flows below its own, so whoever exports it needs the right to read each of them.
 */
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { Grant } from '@/engine/permissions/permissions';
import type { Actor } from '../people/actor';
import { exportVersion } from './project';

const web = {
  catalogue: {
    list: async () => [{ flow: 'sale', version: 1, revision: 'v1.0' }],
    content: async () => ({ manifest: { document: { name: 'sale', title: 'Sale' }, workflowType: 'sale_v1' } }),
  },
  limits: { consume: async () => ({ allowed: true }) },
  versions: { project: async () => ({ files: { 'README.md': '# Sale' }, flows: ['sale', 'take-fee'] }) },
} as unknown as Parameters<typeof exportVersion>[0];
const actor = (...grants: Grant[]): Actor => ({ id: 'ann', name: 'Ann', grants }) as unknown as Actor;

test('[EXPJ1] a project is made only for who may read every flow in it', async () => {
  const ofSale = { role: 'viewer', flow: 'sale' } as const;
  await expect(exportVersion(web, actor(ofSale), 'sale', 1)).rejects.toMatchObject({ code: 'notAllowed' });
  const both = actor(ofSale, { role: 'viewer', flow: 'take-fee' });
  const response = await exportVersion(web, both, 'sale', 1);
  expect(Object.keys(unzipSync(new Uint8Array(await response.arrayBuffer())))).toEqual(['sale/README.md']);
});
