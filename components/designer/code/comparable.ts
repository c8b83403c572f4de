/** What the changes of the code are measured against. */
export interface ComparedCode {
  text: string;
  workflowType: string;
}

/**
 * The earlier text under the name of the later one: a new version has another number, which is not a change that
 * anybody made. Names are replaced as whole words only.
 */
export function comparable(earlier: ComparedCode, later: ComparedCode): string {
  const named = earlier.text.replace(
    new RegExp(`(?<![\\w$])${earlier.workflowType.replaceAll('$', '\\$')}(?![\\w$])`, 'g'),
    () => later.workflowType
  );
  const numberOf = (type: string) => type.slice(type.lastIndexOf('_v') + 2);
  const [from, to] = [numberOf(earlier.workflowType), numberOf(later.workflowType)];
  // The comment at the top ends its first line with the number.
  return named.replace(
    new RegExp(`^(/\\*\\*[\\s\\S]*?), version ${from}\\.`),
    (_, before: string) => `${before}, version ${to}.`
  );
}
