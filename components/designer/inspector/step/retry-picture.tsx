'use client';

/** When the attempts of a call fall until it gives up, drawn from its policy. */
import type { ActivityOptions } from '@/engine/flow/activity-options';
import { formatDuration } from '@/engine/flow/values/format';
import { planOf, type Plan } from './attempts';

const WIDTH = 320;
const LEFT = 6;
const RIGHT = 14;

export function RetryPicture({ options }: { options: ActivityOptions }) {
  const quick = planOf(options, 'atOnce');
  const slow = planOf(options, 'atTimeout');
  const end = Math.max(
    ...[quick, slow].map(({ attempts, givesUpAt }) => givesUpAt ?? (attempts.at(-1)?.until ?? 0) * 1.15),
    1
  );
  const isSame = slow.attempts.every(({ at, until }) => at === until);
  return (
    <figure className="rounded-md border border-hairline bg-card px-2 pb-2 pt-1">
      <svg
        viewBox={`0 0 ${WIDTH} ${isSame ? 34 : 64}`}
        role="img"
        aria-label={`${inWords(quick, 'fails at once')}${isSame ? '' : ` ${inWords(slow, 'gets no answer')}`}`}
        className="h-auto w-full"
      >
        <Row plan={quick} end={end} y={16} />
        {isSame ? null : <Row plan={slow} end={end} y={48} />}
      </svg>
      <figcaption className="flex flex-col gap-0.5 text-xs text-ink-2">
        <span>{inWords(quick, 'fails at once')}</span>
        {isSame ? null : <span>{inWords(slow, 'gets no answer')}</span>}
      </figcaption>
    </figure>
  );
}

/** Times are drawn by their square root, so that the first short pauses can be seen beside the last long ones. */
function Row({ plan: { attempts, givesUpAt }, end, y }: { plan: Plan; end: number; y: number }) {
  const x = (at: number) => LEFT + Math.sqrt(at / end) * (WIDTH - LEFT - RIGHT);
  return (
    <g>
      <line
        x1={LEFT}
        x2={givesUpAt === null ? WIDTH - RIGHT : x(givesUpAt)}
        y1={y}
        y2={y}
        className="stroke-hairline"
        strokeWidth={1}
      />
      {attempts.map(({ at, until }, index) => (
        <g key={index}>
          {until > at ? (
            <rect
              x={x(at)}
              y={y - 4}
              width={Math.max(x(until) - x(at), 2)}
              height={8}
              rx={2}
              className="fill-work/25"
            />
          ) : null}
          <circle cx={x(at)} cy={y} r={3} className="fill-work" />
        </g>
      ))}
      {givesUpAt === null ? (
        <path d={`M ${WIDTH - RIGHT - 2} ${y - 4} l 5 4 l -5 4`} className="fill-none stroke-mark" strokeWidth={1.5} />
      ) : (
        <path d={`M ${x(givesUpAt) + 5} ${y - 4} l 8 8 m 0 -8 l -8 8`} className="stroke-fail" strokeWidth={1.5} />
      )}
    </g>
  );
}

function inWords({ total, givesUpAt, endedBy }: Plan, how: string): string {
  if (givesUpAt === null) return `If every attempt ${how}, it is retried without an end.`;
  const attempts = total === 1 ? '1 attempt' : `${total} attempts`;
  const after = givesUpAt === 0 ? 'at once' : `after ${formatDuration(givesUpAt).replace('.0s', 's')}`;
  return `If every attempt ${how}, it gives up ${after}: ${attempts}${endedBy === 'time' ? ', because its time is over' : ''}.`;
}
