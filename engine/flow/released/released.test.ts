/**
 * Documents of every released format, stored beside this file. They are read for ever, mean the same, and are the same content.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../activities/catalogue';
import { compile } from '../../compiler/compile';
import { draftOf } from '../edit/draft';
import { documentOf } from '../edit/document-of';
import { layoutFlow } from '../layout/layout';
import { parseFlow } from '../testing/flow';
import { readFlow } from '../read';
import { contentText, storedDocument } from '../stored';
import { allNodes, catchesOf } from '../tree';

const kept = (): { [field: string]: unknown } =>
  JSON.parse(readFileSync(new URL('format-1.flow.json', import.meta.url), 'utf8')) as { [field: string]: unknown };
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** Made by the release that wrote format 1, from this document. */
const OF_RELEASE = {
  /** Of the document as the release stored it. */
  content: '4c0e3e976c013e0b24e0e21f129da7f872f9bd77b3b81595f2328046dc089cb5',
  branches: [
    'reserve/catch-0',
    'reserve/catch-1',
    'report/catch-0',
    'ask/approved',
    'ask/rejected',
    'side/left',
    'wait-a-bit/received',
    'wait-a-bit/timeout',
    'remind/catch-0',
    'wait-a-bit/catch-0',
    'side/right',
    'side/catch-0',
    'which/large',
    'note-large/catch-0',
    'which/otherwise',
    'note-small/catch-0',
  ],
};

describe('a document of format 1', () => {
  it('[RE5] can be read, and every handler has the name of its position as its id', () => {
    const { document, diagnostics } = readFlow(kept());
    expect(diagnostics).toEqual([]);
    const handlers = allNodes(document!.steps).flatMap((node) => catchesOf(node).map(({ id }) => `${node.id}/${id}`));
    expect(handlers.sort()).toEqual(OF_RELEASE.branches.filter((key) => key.includes('/catch-')).sort());
  });

  it('[RE4] is the same content after its migration', () => {
    expect(digest(contentText(parseFlow(kept())))).toBe(OF_RELEASE.content);
    const renamed = JSON.parse(JSON.stringify(parseFlow(kept())).replace('"catch-1"', '"catch-9"')) as unknown;
    expect(digest(contentText(parseFlow(renamed)))).not.toBe(OF_RELEASE.content);
  });

  it('[RE5] compiles to the code of the migrated document', async () => {
    const options = { version: 1, catalogue, saga: {} };
    const { code, diagnostics } = await compile(kept(), options);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(code).toBe((await compile(structuredClone(parseFlow(kept())), options)).code);
  });

  it('[RE5] is drawn with the same keys of branches, so that its old runs look the same', () => {
    for (const direction of ['down', 'sideways'] as const)
      expect(layoutFlow(parseFlow(kept()), direction).branches.map(({ key }) => key)).toEqual(OF_RELEASE.branches);
  });

  it('[RE5] a stored document is migrated without reading it again, to the same document', () => {
    const asStored = JSON.parse(contentText(parseFlow(kept()))) as { format: number };
    expect(asStored.format).toBe(1);
    expect(storedDocument(asStored)).toEqual(parseFlow(kept()));
    expect(storedDocument(parseFlow(kept()))).toEqual(parseFlow(kept()));
    expect(() => storedDocument({ ...asStored, format: 99 })).toThrow(/needs a Backstitch that reads format 99/);
  });

  it('[RE5] a draft uses the ids of its handlers', () => {
    const draft = draftOf(parseFlow(kept()));
    expect(draft.steps[0]!.branches.map(({ id, at }) => [id, at])).toEqual([
      ['catch-0', 'catch'],
      ['catch-1', 'catch'],
    ]);
    expect(documentOf(draft).document).toEqual(parseFlow(kept()));
  });
});
