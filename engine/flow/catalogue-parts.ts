/**
 * Parts of a catalogue for pages: services of thousands of operations are imported whole, and a page needs few of them.
 * Pure.
 *
 * Rules
 * [CAP1] What a draft names is there in full, and so is what is offered as its undo and its look-up.
 * [CAP2] Of every other operation of a large catalogue there is what lists show. Its schemas are open until it is
 *        named, so that nothing is said to be wrong with it.
 * [CAP3] A catalogue of usual size is not divided.
 * [CAP4] A page is sent without what is there in brief: it reads that when it is shown.
 */
import { flowEntryName, type Catalogue, type CatalogueActivity } from './catalogue';
import { flowsNamed } from './flow-entry';

/** Characters of a catalogue as JSON that is not divided. */
const USUAL_SIZE = 300_000;
/** Lists show the first sentence. */
const LONGEST_DESCRIPTION = 120;

/** `names`: what is wanted in full. `brief`: the others are wanted too, as lists show them. */
export interface CatalogueChoice {
  names: Iterable<string>;
  brief: boolean;
}

export function chosenOf(catalogue: Catalogue, { names, brief }: CatalogueChoice): Catalogue {
  if (brief && JSON.stringify(catalogue).length <= USUAL_SIZE) return catalogue;
  const full = withOffered(catalogue, names);
  const entries = Object.entries(catalogue);
  return Object.fromEntries(
    brief
      ? entries.map(([name, activity]) => [name, full.has(name) ? activity : briefly(activity)])
      : entries.filter(([name]) => full.has(name))
  );
}

/** [CAP4] `others`: how many operations are left out. */
export function withoutBrief(catalogue: Catalogue): { catalogue: Catalogue; others: number } {
  const entries = Object.entries(catalogue);
  const kept = entries.filter(([, { isBrief }]) => !isBrief);
  return { catalogue: Object.fromEntries(kept), others: entries.length - kept.length };
}

/**
 * The texts of all fields `activity` that can be operations of connections, and the flows that children run. The value
 * may be anything.
 */
export function activitiesNamed(value: unknown): Set<string> {
  const found = new Set<string>();
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    for (const [field, inner] of Object.entries(next)) {
      if (field === 'activity' && typeof inner === 'string' && inner.includes('.')) found.add(inner);
      else if (typeof inner === 'object' && inner !== null) open.push(inner);
    }
  }
  for (const flow of flowsNamed(value)) found.add(flowEntryName(flow));
  return found;
}

/** [CAP1] */
function withOffered(catalogue: Catalogue, names: Iterable<string>): Set<string> {
  const full = new Set(names);
  // What is added while the set is read is read, too.
  for (const name of full) {
    const { suggestedUndo, suggestedLookup } = Object.hasOwn(catalogue, name) ? (catalogue[name] ?? {}) : {};
    for (const offered of [suggestedUndo, suggestedLookup]) if (offered) full.add(offered.activity);
  }
  return full;
}

/** [CAP2] */
function briefly(activity: CatalogueActivity): CatalogueActivity {
  const { name, title, description, connectionTitle, effect, suggestedUndo, suggestedLookup, flow, internal } =
    activity;
  return {
    name,
    title,
    ...(description === undefined ? {} : { description: description.split('. ')[0]?.slice(0, LONGEST_DESCRIPTION) }),
    ...(connectionTitle === undefined ? {} : { connectionTitle }),
    effect,
    ...(suggestedUndo ? { suggestedUndo } : {}),
    ...(suggestedLookup ? { suggestedLookup } : {}),
    ...(flow ? { flow } : {}),
    ...(internal ? { internal } : {}),
    input: { type: 'object' },
    output: {},
    defaultOptions: {},
    isBrief: true,
  };
}
