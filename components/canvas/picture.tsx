/**
 * The drawing of a flow as one SVG that needs nothing around it: from the same layout and the same words as on the
 * screen, with text as text. Of the design, never of a run.
 */
import { Lock, TriangleAlert, Undo2, Zap } from 'lucide-react';
import type { ReactNode } from 'react';
import { nameOf } from '@/engine/flow/names';
import type { FlowDocument } from '@/engine/flow/document';
import { visibleText } from '@/engine/flow/values/text';
import { DOWN, layoutFlow, SIDEWAYS, type Box, type CardBox, type FlowLayout } from '@/engine/flow/layout/layout';
import { stepFactsOf, subtitleOf, type Declared, type StepFacts } from './card-model';
import { KindIcon } from './kind-icon';
import { linesOf, textWidth } from './picture-text';

/** As in globals.css: a file has no style sheet. */
export const PICTURE_COLOURS = {
  light: { paper: '#fafaf9', card: '#ffffff', mark: '#78716c', ink: '#1c1917', ink2: '#57534e', fail: '#b91c1c' },
  dark: { paper: '#0c0a09', card: '#1c1917', mark: '#a8a29e', ink: '#fafaf9', ink2: '#a8a29e', fail: '#f87171' },
} as const;
export type PictureScheme = keyof typeof PICTURE_COLOURS;
type Colours = (typeof PICTURE_COLOURS)[PictureScheme];

const PADDING = 40;
const FONT = "Geist, Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

export interface PictureProps {
  document: FlowDocument;
  declared: Declared | null;
  direction: FlowLayout['direction'];
  scheme: PictureScheme;
}

export function Picture({ document, declared, direction, scheme }: PictureProps) {
  const facts = stepFactsOf(document, declared);
  const lined = new Set(
    [...facts.values()].filter(({ lining }) => lining !== 'none' && lining !== 'afterPivot').map(({ node }) => node.id)
  );
  const layout = layoutFlow(document, direction, { lined });
  const colours = PICTURE_COLOURS[scheme];
  const { x, y, width, height } = grown(layout.bounds, PADDING);
  const isDown = direction === 'down';
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={height}
      viewBox={`${x} ${y} ${width} ${height}`}
      fontFamily={FONT}
      fill="none"
      role="img"
    >
      <title>{visibleText(document.title)}</title>
      <rect x={x} y={y} width={width} height={height} fill={colours.paper} />
      {layout.frames.map((box) => (
        <FramePicture key={box.id} box={box} facts={facts.get(box.id)!} colours={colours} />
      ))}
      <Threads layout={layout} colours={colours} isDown={isDown} />
      {layout.bars.map((bar, index) => (
        <rect key={`${bar.id}-${index}`} {...placeOf(bar)} rx="4" fill={colours.mark} fillOpacity="0.7" />
      ))}
      {layout.diamonds.map((box) => (
        <Diamond key={`${box.role}-${box.id}`} box={box} facts={facts.get(box.id)!} colours={colours} isDown={isDown} />
      ))}
      {layout.cards.map((box) => (
        <CardPicture key={box.id} box={box} facts={facts.get(box.id)!} colours={colours} isDown={isDown} />
      ))}
      {layout.summaries.map((box) => (
        <g key={`${box.owner}-${box.y}`}>
          <rect {...placeOf(box)} rx="6" fill={colours.card} stroke={colours.mark} strokeOpacity="0.45" />
          <Words
            x={box.x + 10}
            y={box.y + box.height / 2}
            lines={[box.steps.length === 1 ? '1 undo step' : `${box.steps.length} undo steps`]}
            colour={colours.ink2}
          />
        </g>
      ))}
      {layout.pivots.map(({ id, line: [from, to], cap }) => (
        <g key={id} stroke={colours.ink}>
          <path d={`M${from.x} ${from.y}L${to.x} ${to.y}`} strokeWidth="2" />
          {cap ? (
            <path d={`M${cap.x} ${cap.y}${isDown ? 'm-7 0h14' : 'm0 -7v14'}`} strokeWidth="5" strokeLinecap="round" />
          ) : null}
        </g>
      ))}
      <Labels layout={layout} colours={colours} />
    </svg>
  );
}

const placeOf = ({ x, y, width, height }: Box) => ({ x, y, width, height });
const grown = ({ x, y, width, height }: Box, by: number): Box => ({
  x: Math.floor(x - by),
  y: Math.floor(y - by),
  width: Math.ceil(width + 2 * by),
  height: Math.ceil(height + 2 * by),
});

function Threads({ layout, colours, isDown }: { layout: FlowLayout; colours: Colours; isDown: boolean }) {
  const { start, end } = layout.caps;
  return (
    <>
      {layout.threads.map((thread) => (
        <g key={thread.id}>
          <path
            d={thread.path}
            stroke={thread.kind === 'catch' ? colours.fail : colours.mark}
            strokeWidth={thread.kind === 'catch' ? 1.5 : 1}
            strokeDasharray={thread.kind === 'back' ? '6 4' : thread.kind === 'catch' ? '2 3' : undefined}
          />
          {thread.arrows.map(({ x, y }) => (
            <path
              key={`${x}:${y}`}
              d={isDown ? `M${x - 4.5} ${y + 4}l4.5 -7 4.5 7z` : `M${x + 4} ${y - 4.5}l-7 4.5 7 4.5z`}
              fill={colours.mark}
            />
          ))}
        </g>
      ))}
      {[start, ...(end ? [end] : [])].map(({ x, y }) => (
        <circle key={`${x}:${y}`} cx={x} cy={y} r="6" fill={colours.card} stroke={colours.mark} strokeWidth="2" />
      ))}
    </>
  );
}

interface NodePicture<Place extends Box> {
  box: Place;
  facts: StepFacts;
  colours: Colours;
}

function CardPicture({ box, facts, colours, isDown }: NodePicture<CardBox> & { isDown: boolean }) {
  const isBeside = isDown && box.lining === 'beside';
  const face = {
    x: box.x,
    y: box.y,
    width: isBeside ? DOWN.faceWidth : box.width,
    height: isDown ? DOWN.face : SIDEWAYS.face,
  };
  const room = face.width - 44 - 12;
  const title = linesOf(nameOf(facts.node), room, 13, isDown ? 2 : 1);
  const [line = ''] = linesOf(subtitleOf(facts), room, 12, 1);
  const middle = face.y + face.height / 2;
  const top = middle - (title.length * 18 + 16) / 2;
  return (
    <g>
      <LiningPicture box={box} face={face} facts={facts} colours={colours} isBeside={isBeside} />
      <rect {...face} rx="8" fill={colours.card} stroke={colours.mark} strokeOpacity="0.45" />
      <IconTile x={face.x + 10} y={middle - 12} facts={facts} colours={colours} />
      <Words
        x={face.x + 44}
        y={top + (title.length * 18) / 2}
        lines={title}
        size={13}
        weight={600}
        colour={colours.ink}
      />
      <Words x={face.x + 44} y={top + title.length * 18 + 8} lines={[line]} colour={colours.ink2} />
    </g>
  );
}

function LiningPicture({
  box,
  face,
  facts,
  colours,
  isBeside,
}: NodePicture<CardBox> & { face: Box; isBeside: boolean }) {
  if (facts.lining === 'none' || facts.lining === 'afterPivot') return null;
  const place = isBeside
    ? { x: face.x + face.width, y: face.y + 4, width: box.width - face.width, height: face.height - 8 }
    : { x: face.x + 4, y: face.y + face.height, width: face.width - 8, height: DOWN.band };
  const words = { undo: facts.undoTitle ?? 'Undo', noUndo: 'No undo', forGood: 'Irreversible' }[facts.lining];
  const Icon = { undo: Undo2, noUndo: TriangleAlert, forGood: Lock }[facts.lining];
  const middle = place.y + place.height / 2;
  const knotX = facts.armed === 'completed' ? place.x + place.width : place.x;
  return (
    <g>
      <rect
        {...place}
        rx="6"
        fill={colours.card}
        stroke={colours.mark}
        strokeOpacity="0.6"
        strokeDasharray={facts.lining === 'noUndo' ? '4 3' : undefined}
      />
      {facts.lining === 'forGood' ? (
        <rect x={place.x + place.width - 4} y={place.y} width="4" height={place.height} rx="2" fill={colours.mark} />
      ) : null}
      <Icon x={place.x + 10} y={middle - 6} width={12} height={12} stroke={colours.ink2} />
      <Words
        x={place.x + 28}
        y={middle}
        lines={linesOf(words, place.width - 40, 12, place.height > 40 ? 2 : 1)}
        colour={colours.ink2}
      />
      {facts.lining === 'undo' ? (
        <circle cx={knotX} cy={middle} r="4" fill={colours.card} stroke={colours.mark} />
      ) : null}
    </g>
  );
}

function FramePicture({ box, facts, colours }: NodePicture<FlowLayout['frames'][number]>) {
  const [title = ''] = linesOf(nameOf(facts.node), box.width - 60, 13, 1);
  const [line = ''] = linesOf(subtitleOf(facts), box.width - 60, 12, 1);
  const middle = box.y + box.header / 2;
  return (
    <g>
      <rect {...placeOf(box)} rx="8" fill={colours.ink} fillOpacity="0.02" stroke={colours.mark} strokeOpacity="0.45" />
      <rect
        x={box.x}
        y={box.y}
        width={box.width}
        height={box.header}
        rx="8"
        fill={colours.card}
        stroke={colours.mark}
        strokeOpacity="0.45"
      />
      <IconTile x={box.x + 10} y={middle - 12} facts={facts} colours={colours} />
      <Words x={box.x + 44} y={middle - 8} lines={[title]} size={13} weight={600} colour={colours.ink} />
      <Words x={box.x + 44} y={middle + 9} lines={[line]} colour={colours.ink2} />
    </g>
  );
}

function Diamond({ box, facts, colours, isDown }: NodePicture<FlowLayout['diamonds'][number]> & { isDown: boolean }) {
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  if (box.role === 'meet') return <path d={`M${x} ${y - 6}l6 6-6 6-6-6z`} fill={colours.paper} stroke={colours.mark} />;
  return (
    <g>
      <rect
        x={box.x + 6}
        y={box.y + 6}
        width={box.width - 12}
        height={box.height - 12}
        rx="4"
        transform={`rotate(45 ${x} ${y})`}
        fill={colours.card}
        stroke={colours.mark}
        strokeOpacity="0.6"
      />
      <g transform={`rotate(${isDown ? 180 : 90} ${x} ${y}) translate(${x - 7} ${y - 7})`} color={colours.ink2}>
        <Sized>
          <KindIcon node={facts.node} />
        </Sized>
      </g>
    </g>
  );
}

function Labels({ layout, colours }: { layout: FlowLayout; colours: Colours }) {
  return layout.labels.map((label, index) => {
    const key = `${label.role}-${label.owner}-${index}`;
    if (label.role === 'pivot') {
      const width = 116;
      const right = label.x + label.width;
      const bottom = label.y + label.height + 4;
      return (
        <g key={key}>
          <rect x={right - width} y={bottom - 20} width={width} height="20" rx="2" fill={colours.ink} />
          <Words
            x={right - width / 2}
            y={bottom - 10}
            lines={[label.text]}
            size={11}
            colour={colours.paper}
            anchor="middle"
          />
        </g>
      );
    }
    const isCatch = label.role === 'catch';
    const lines = linesOf(label.text, label.width - (isCatch ? 18 : 0), 12, label.height > 20 ? 2 : 1);
    const x = label.centred ? label.x + label.width / 2 : label.x + (isCatch ? 16 : 0);
    const y = label.y + label.height / 2;
    const colour = isCatch ? colours.fail : label.role === 'title' ? colours.ink : colours.ink2;
    const cover = Math.max(...lines.map((line) => textWidth(line, 12))) + 8;
    return (
      <g key={key}>
        {label.centred ? (
          <rect
            x={x - cover / 2}
            y={y - 8 * lines.length}
            width={cover}
            height={16 * lines.length}
            fill={colours.paper}
          />
        ) : null}
        {isCatch && !label.centred ? <Zap x={label.x} y={y - 6} width={12} height={12} stroke={colour} /> : null}
        <Words
          x={x}
          y={y}
          lines={lines}
          weight={label.role === 'title' ? 600 : 400}
          colour={colour}
          anchor={label.centred ? 'middle' : 'start'}
        />
      </g>
    );
  });
}

function IconTile({ x, y, facts, colours }: { x: number; y: number; facts: StepFacts; colours: Colours }) {
  return (
    <g>
      <rect x={x} y={y} width="24" height="24" rx="6" fill={colours.ink} fillOpacity="0.06" />
      <g transform={`translate(${x + 5} ${y + 5})`} color={colours.ink2}>
        <Sized>
          <KindIcon node={facts.node} />
        </Sized>
      </g>
    </g>
  );
}

/** An icon of 24 pixels, drawn at 14. */
function Sized({ children }: { children: ReactNode }) {
  return <g transform="scale(0.5833)">{children}</g>;
}

interface WordsProps {
  x: number;
  /** The middle of all lines. */
  y: number;
  lines: readonly string[];
  size?: number;
  weight?: number;
  colour: string;
  anchor?: 'start' | 'middle';
}
function Words({ x, y, lines, size = 12, weight = 400, colour, anchor = 'start' }: WordsProps) {
  const leading = size + 5;
  return lines.map((line, index) => (
    <text
      key={index}
      x={x}
      y={y + (index - (lines.length - 1) / 2) * leading + size * 0.35}
      fontSize={size}
      fontWeight={weight}
      fill={colour}
      textAnchor={anchor}
    >
      {line}
    </text>
  ));
}
