/** The templates, for their gallery and their pages. */
import type { Sketch, TemplateDetail, TemplateSummary } from '@/app/_contract/templates';
import { catalogue } from '@/engine/activities/catalogue';
import { catalogueOf } from '@/engine/examples/catalogue';
import { matrixOf } from '@/engine/examples/matrix';
import type { Template } from '@/engine/examples/template';
import { templateOf, TEMPLATES } from '@/engine/examples/registry';
import type { FlowDocument } from '@/engine/flow/document';
import { layoutFlow } from '@/engine/flow/layout/layout';
import { DOWN } from '@/engine/flow/layout/model';
import { readFlow } from '@/engine/flow/read';
import { allNodes } from '@/engine/flow/tree';
import { Refusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { madeFrom } from './made';

export function listTemplates(actor: Actor): TemplateSummary[] {
  demandAnywhere(actor, 'flows.list');
  return TEMPLATES.map((template) => summaryOf(template, templateDocument(template)));
}

/** Throws `templateNotFound`. */
export async function getTemplate(web: Pick<Web, 'database'>, actor: Actor, name: string): Promise<TemplateDetail> {
  demandAnywhere(actor, 'flows.list');
  const template = demandTemplate(name);
  const document = templateDocument(template);
  return {
    summary: summaryOf(template, document),
    document,
    catalogue: { ...catalogue, ...catalogueOf(template.connections) },
    lookAt: template.lookAt.map((each) => ({ ...each })),
    services: template.connections.map(({ connection: { name: connection, title } }) => ({ connection, title })),
    matrix: matrixOf(name),
    made: await madeFrom(web, actor, name),
  };
}

export function demandTemplate(name: string): Template {
  const template = templateOf(name);
  if (!template) throw new Refusal('templateNotFound', `There is no template '${name}'.`);
  return template;
}

/** In the newest format, complete with defaults. */
export function templateDocument({ document, name }: Template): FlowDocument {
  const read = readFlow(document);
  if (!read.document) throw new Error(`the template '${name}' cannot be read`);
  return read.document;
}

function summaryOf({ name, title, summary, teaches }: Template, document: FlowDocument): TemplateSummary {
  return {
    name,
    title,
    summary,
    teaches: [...teaches],
    steps: allNodes(document.steps).length,
    scenarios: document.scenarios.length,
    sketch: sketchOf(document),
  };
}

function sketchOf(document: FlowDocument): Sketch {
  const { bounds, frames, cards, diamonds, bars, threads } = layoutFlow(document, 'down');
  const paths = (kind: 'forward' | 'back') => threads.filter((thread) => thread.kind === kind).map(({ path }) => path);
  return {
    bounds,
    boxes: [
      ...frames.map((box) => ({ ...placeOf(box), shape: 'frame' as const })),
      ...cards.flatMap((card): Sketch['boxes'] => {
        const face = { ...placeOf(card), width: DOWN.faceWidth, height: Math.min(card.height, DOWN.face) };
        if (card.lining !== 'beside' || card.width <= DOWN.faceWidth)
          return [{ ...placeOf(card), shape: 'card' as const }];
        const undo = { ...face, x: card.x + DOWN.faceWidth, width: card.width - DOWN.faceWidth };
        return [
          { ...face, shape: 'card' as const },
          { ...undo, shape: 'undo' as const },
        ];
      }),
      ...diamonds
        .filter(({ role }) => role === 'choice')
        .map((box) => ({ ...placeOf(box), shape: 'diamond' as const })),
      ...bars.map((box) => ({ ...placeOf(box), shape: 'bar' as const })),
    ],
    forward: paths('forward'),
    back: paths('back'),
  };
}

const placeOf = ({ x, y, width, height }: Sketch['bounds']) => ({ x, y, width, height });
