import { rulesOf, type FeatureText, type Problem } from './feature-text';
import { RULE_ID, type Vocabulary } from './vocabulary';

/** Permalinks, history, proof and money hang on a rule's id: one each, of the right module, and never given twice. */
export function checkRules(features: readonly FeatureText[], { modules, ruleIds }: Vocabulary): Problem[] {
  const rules = features.flatMap((feature) => rulesOf(feature).map((rule) => ({ feature, rule })));
  const given = [...ruleIds, ...rules.flatMap(({ rule }) => rule.tags.map(({ name }) => name))];
  const taken = new Map<string, string>();
  return rules.flatMap(({ feature, rule }) => {
    const { uri, document } = feature;
    const ids = rule.tags.map(({ name }) => name).filter((name) => RULE_ID.test(name));
    const own = document.feature?.tags.flatMap(({ name }) => modules.get(name.slice(1)) ?? []) ?? [];
    const at = (message: string): Problem[] => [{ uri, line: rule.location.line, message }];
    const [id, ...more] = ids;
    if (id === undefined) return at(`"${rule.name}" has no id. ${wayOut(own, given)}`);
    if (more.length > 0)
      return at(`"${rule.name}" has the ids ${ids.join(' and ')}. Keep the one it has had all along.`);
    const prefix = id.slice(1, 3);
    if (own.length > 0 && !own.includes(prefix)) {
      const whose = [...modules].find(([, one]) => one === prefix)?.[0];
      const says = whose ? `belongs to ${whose}, which is no tag of this feature` : 'has a prefix that no module has';
      return at(`${id} ${says}. Ids here begin with ${own.map((one) => `@${one}-`).join(' or ')}.`);
    }
    const before = taken.get(id);
    if (before !== undefined)
      return at(`${id} is the id of another rule already (${before}). ${wayOut([prefix], given)}`);
    taken.set(id, `${uri}:${rule.location.line}`);
    return [];
  });
}

/** The next number that nobody has had, as far as the repository shows. */
function wayOut(prefixes: readonly string[], given: readonly string[]): string {
  const [prefix] = prefixes;
  if (prefix === undefined) return 'Tag the feature with its module, then give the rule the next id of that module.';
  const numbers = given.filter((name) => name.startsWith(`@${prefix}-`)).map((name) => Number(name.slice(4)));
  const next = String(Math.max(0, ...numbers.filter(Number.isInteger)) + 1).padStart(2, '0');
  return `The next free one is @${prefix}-${next}.`;
}
