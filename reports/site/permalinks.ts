import { createHash } from 'node:crypto';
import type { FeatureModel, RuleModel, RunModel, ScenarioModel } from '../model/run-model';

/** Where everything of one run is found: addresses are relative to the site's root, and the same in every run. */
export class Permalinks {
  readonly #features = new Map<FeatureModel, string>();
  readonly #rules = new Map<RuleModel, string>();
  readonly #scenarios = new Map<ScenarioModel, { page: string; anchor: string }>();

  constructor(model: RunModel) {
    const pages = new Names();
    for (const feature of model.features) {
      const path = feature.uri.replace(/^.*?features\//, '').replace(/\.feature(\.md)?$/, '');
      const page = `features/${pages.unique(bounded(words(path), feature.uri), feature.uri)}.html`;
      this.#features.set(feature, page);
      const anchors = new Names();
      for (const rule of feature.rules) this.#rules.set(rule, anchors.unique(words(rule.id), rule.name));
      for (const scenario of feature.rules.flatMap((rule) => rule.scenarios)) {
        this.#scenarios.set(scenario, { page, anchor: anchors.unique(words(scenario.key), scenario.key) });
      }
    }
  }

  feature(feature: FeatureModel): string {
    return found(this.#features.get(feature), feature.uri);
  }

  /** Anchors within a feature's page. */
  ruleAnchor(rule: RuleModel): string {
    return found(this.#rules.get(rule), rule.id);
  }

  scenarioAnchor(scenario: ScenarioModel): string {
    return found(this.#scenarios.get(scenario), scenario.key).anchor;
  }

  scenario(scenario: ScenarioModel): string {
    const { page, anchor } = found(this.#scenarios.get(scenario), scenario.key);
    return `${page}#${anchor}`;
  }
}

export const streamPage = (key: string): string => {
  const name = words(key);
  // Two keys that read alike must not share a page.
  return `streams/${bounded(name === key ? name : `${name}-${hashOf(key)}`, key)}.html`;
};

/** Every file system takes as many, also with a hash, a folder and an ending around them. */
const MAX_NAME_BYTES = 150;

/** A name that is too long for a file is cut between two characters, and carries a hash of its full name. */
function bounded(name: string, source: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  let cut = '';
  for (const character of name) {
    if (Buffer.byteLength(cut + character) > MAX_NAME_BYTES) break;
    cut += character;
  }
  return `${cut}-${hashOf(source)}`;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 6);

/** `ID-04 / Hostile spellings / empty` -> `id-04-hostile-spellings-empty`. Letters of every script stay. */
function words(text: string): string {
  return (
    text
      .normalize('NFC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '') || 'unnamed'
  );
}

/** Of two names that read alike in an address, the later one carries a hash of its full name. */
class Names {
  readonly #taken = new Set<string>();

  unique(name: string, source: string): string {
    const hash = hashOf(source);
    let free = this.#taken.has(name) ? `${name}-${hash}` : name;
    for (let copy = 2; this.#taken.has(free); copy++) free = `${name}-${hash}-${copy}`;
    this.#taken.add(free);
    return free;
  }
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`"${name}" is not part of the run that this site is built from.`);
  return value;
}
