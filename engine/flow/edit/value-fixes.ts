/**
 * Quick fixes that put another value into the field of a problem: the name that was meant, a moment with its offset, a
 * pause that fits. Each is offered only where one value is certainly the one that is meant, or where the button says
 * what the value means. Pure; the rules are those of fixes.ts.
 */
import type { Catalogue } from '../catalogue';
import type { Diagnostic } from '../diagnostic';
import { durationMs, durationSchema } from '../duration';
import { nearestName } from '../nearest-name';
import { instantMs } from '../../saga/instant';
import type { Draft, DraftNode, Json } from './draft';
import { changeActivity, fieldAt, setField, type CallOf } from './fields';
import type { Operation } from './operations';

interface Asked {
  draft: Draft;
  node: DraftNode;
  problem: Diagnostic;
  catalogue: Catalogue;
}
interface Fix {
  title: string;
  operations: Operation[];
}

const textAt = ({ draft, node }: Asked, path: readonly string[]): string | null => {
  const value = fieldAt(draft, { node: node.id }, path);
  return typeof value === 'string' ? value : null;
};
const put = ({ draft, node }: Asked, path: readonly string[], value: Json | undefined): Operation[] =>
  setField(draft, { node: node.id }, path, value, { pruned: true });

/** The operation whose name differs from the unknown one in a few letters. */
function meantActivity({ draft, node, problem: { path }, catalogue }: Asked): Fix[] {
  const call: CallOf = path[0] === 'undo' || path[0] === 'unknown' ? path[0] : 'step';
  const name = fieldAt(draft, { node: node.id }, path);
  if (typeof name !== 'string') return [];
  const offered = Object.values(catalogue).filter(({ internal }) => !internal);
  const meant = nearestName(
    name,
    offered.map((each) => each.name)
  );
  const found = offered.find((each) => each.name === meant);
  if (!found) return [];
  return [{ title: `Call '${found.title}'`, operations: changeActivity(draft, node.id, call, found.name, catalogue) }];
}

/** A written date or time without an offset, which is an instant as soon as it has one. */
function asUtc(asked: Asked): Fix[] {
  const [, quote, written] = /^\s*(['"])([^'"\\]*)\1\s*$/.exec(textAt(asked, ['until']) ?? '') ?? [];
  if (written === undefined) return [];
  const instants = [`${written.trim()}Z`, `${written.trim()}T00:00:00Z`].filter((each) => instantMs(each) !== null);
  const [instant] = instants;
  if (instant === undefined) return [];
  return [{ title: `Read it as UTC: ${instant}`, operations: put(asked, ['until'], `${quote}${instant}${quote}`) }];
}

/** One of the two pauses becomes as long as the other; no pause at all becomes the usual one. */
function fittingPauses(asked: Asked): Fix[] {
  const retry = asked.problem.path.slice(0, asked.problem.path.indexOf('retry') + 1).map(String);
  const pause = (name: string) => {
    const text = textAt(asked, [...retry, name]);
    return text !== null && durationSchema.safeParse(text).success ? text : null;
  };
  const [first, longest] = [pause('initialInterval'), pause('maximumInterval')];
  const usual = {
    title: 'Use the usual first pause',
    operations: put(asked, [...retry, 'initialInterval'], undefined),
  };
  if (first !== null && durationMs(first) <= 0) return [usual];
  const fixes: Fix[] = [];
  if (first !== null)
    fixes.push({
      title: `Set the longest pause to ${first}`,
      operations: put(asked, [...retry, 'maximumInterval'], first),
    });
  if (longest !== null && durationMs(longest) > 0)
    fixes.push({
      title: `Set the first pause to ${longest}`,
      operations: put(asked, [...retry, 'initialInterval'], longest),
    });
  return fixes.length > 0 && longest === null ? [...fixes, usual] : fixes;
}

export const VALUE_FIXES: Readonly<Record<string, (asked: Asked) => Fix[]>> = {
  'unknown-activity': meantActivity,
  'no-instant': asUtc,
  'retry-intervals': fittingPauses,
};
