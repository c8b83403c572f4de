/** How the body of a request is sent, as its form edits it. Pure. */
import type { BodyEncoding, FormStyle } from '@/engine/flow/connections/form';

export type SentAs = 'json' | BodyEncoding['kind'];

export interface EncodingModel {
  sentAs: SentAs;
  style: FormStyle;
  /** Fields of a form with a style of their own. A new one has no name yet. */
  ownStyles: { name: string; style: FormStyle }[];
}

/** Most services that take groups in a form read this one. */
const NEW_STYLE: FormStyle = { lists: 'indexed', groups: 'brackets' };

/** Undefined: JSON. */
export function readEncoding(encoding: BodyEncoding | undefined): EncodingModel {
  const { lists, groups } = encoding ?? NEW_STYLE;
  return {
    sentAs: encoding?.kind ?? 'json',
    style: { lists, groups },
    ownStyles: Object.entries(encoding?.fields ?? {}).map(([name, style]) => ({ name, style })),
  };
}

/** Rows without a name are left out. */
export function writeEncoding({ sentAs, style, ownStyles }: EncodingModel): BodyEncoding | undefined {
  if (sentAs === 'json') return undefined;
  const own = ownStyles.filter(({ name }) => name.trim() !== '').map((each) => [each.name.trim(), each.style] as const);
  return { kind: sentAs, ...style, ...(own.length > 0 ? { fields: Object.fromEntries(own) } : {}) };
}
