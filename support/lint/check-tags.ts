import type { Tag } from '@cucumber/messages';
import { rulesOf, scenariosOf, type FeatureText, type Problem } from './feature-text';
import { nearest, plainTags, RULE_ID, TAG_FILE, type Vocabulary } from './vocabulary';

/** Tags come from a closed list, and stand where they mean something. */
export function checkTags(feature: FeatureText, vocabulary: Vocabulary): Problem[] {
  return [
    ...checkKnown(feature, vocabulary),
    ...checkFeatureTags(feature, vocabulary),
    ...checkLayers(feature, vocabulary),
  ];
}

/** Rule ids are judged with their rule. */
function checkKnown(feature: FeatureText, vocabulary: Vocabulary): Problem[] {
  const known = plainTags(vocabulary);
  const ids = new Set(rulesOf(feature).flatMap(({ tags }) => tags.filter(({ name }) => RULE_ID.test(name))));
  return allTags(feature).flatMap(({ name, location }, index, all) => {
    const at = (message: string): Problem[] => [{ uri: feature.uri, line: location.line, message }];
    const tag = all[index];
    if (known.includes(name) || (tag && ids.has(tag))) return [];
    if (RULE_ID.test(name)) return at(`${name} is a rule's id and stands on a "Rule:" only. Move it there.`);
    const near = [...known, ...[...ids].map((id) => id.name)];
    return at(`${name} is not a known tag. ${nearest(name, near)} The list is ${TAG_FILE}.`);
  });
}

function allTags(feature: FeatureText): Tag[] {
  const scenarios = scenariosOf(feature).map(({ scenario }) => scenario);
  return [
    ...(feature.document.feature?.tags ?? []),
    ...rulesOf(feature).flatMap(({ tags }) => tags),
    ...scenarios.flatMap(({ tags, examples }) => [...tags, ...examples.flatMap((one) => one.tags)]),
  ];
}

function checkFeatureTags({ uri, document }: FeatureText, { streams, modules }: Vocabulary): Problem[] {
  if (!document.feature) return [];
  const { tags, name, location } = document.feature;
  const own = tags.map((tag) => tag.name.slice(1));
  const at = (message: string): Problem => ({ uri, line: location.line, message });
  const problems: Problem[] = [];
  const folder = uri.split('/')[1] ?? '';
  const claimed = own.filter((tag) => streams.includes(tag));
  if (!streams.includes(folder)) {
    problems.push(at(`features/${folder}/ is not the folder of a revenue stream. ${nearest(folder, streams)}`));
  } else if (claimed.length !== 1 || claimed[0] !== folder) {
    problems.push(at(`"${name}" needs exactly one stream tag, that of its folder: @${folder}.`));
  }
  if (!own.some((tag) => modules.has(tag))) {
    problems.push(
      at(`"${name}" does not say which module keeps its promise. Add one of @${[...modules.keys()].join(', @')}.`),
    );
  }
  return problems;
}

function checkLayers(feature: FeatureText, { layers }: Vocabulary): Problem[] {
  const outer = feature.document.feature?.tags ?? [];
  return scenariosOf(feature).flatMap(({ scenario, rule }) => {
    const around = [...outer, ...(rule?.tags ?? []), ...scenario.tags];
    const sets = scenario.examples.length > 0 ? scenario.examples.map(({ tags }) => [...around, ...tags]) : [around];
    const odd = sets
      .map((tags) => new Set(tags.map(({ name }) => name.slice(1)).filter((name) => layers.includes(name))))
      .find(({ size }) => size !== 1);
    if (!odd) return [];
    const has = odd.size === 0 ? 'no layer' : `the layers @${[...odd].join(' and @')}`;
    const message = `"${scenario.name}" has ${has}. Give it exactly one of @${layers.join(', @')}.`;
    return [{ uri: feature.uri, line: scenario.location.line, message }];
  });
}
