import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { generateMessages } from '@cucumber/gherkin';
import { IdGenerator, SourceMediaType } from '@cucumber/messages';
import type { GherkinDocument, Pickle } from '@cucumber/messages';
import { contentHash, scenarioKey } from '../reports/model/scenario-identity';
import type { ScenarioNow } from './merge';

export interface ScenarioOfModule extends ScenarioNow {
  readonly tags: readonly string[];
}

/** Every scenario that carries the module's tag, outlines unfolded. Throws on a feature that does not parse. */
export function scenariosOfModule(module: string, root = process.cwd()): ScenarioOfModule[] {
  return globSync('features/**/*.feature', { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .sort()
    .flatMap((uri) => scenariosOf(readFileSync(join(root, uri), 'utf8'), uri))
    .filter(({ tags }) => tags.includes(`@${module}`));
}

function scenariosOf(text: string, uri: string): ScenarioOfModule[] {
  let document: GherkinDocument | undefined;
  const pickles: Pickle[] = [];
  const newId = IdGenerator.incrementing();
  const options = { newId, includeSource: false, includeGherkinDocument: true, includePickles: true };
  for (const envelope of generateMessages(text, uri, SourceMediaType.TEXT_X_CUCUMBER_GHERKIN_PLAIN, options)) {
    if (envelope.parseError) throw new Error(`${uri}: ${envelope.parseError.message}`);
    if (envelope.gherkinDocument) document = envelope.gherkinDocument;
    if (envelope.pickle) pickles.push(envelope.pickle);
  }
  if (document === undefined) return [];
  const whole = document;
  return pickles.map((pickle) => ({
    location: `${uri}:${pickle.location?.line ?? 0}`,
    key: scenarioKey(pickle, whole),
    contentHash: contentHash(pickle),
    tags: pickle.tags.map(({ name }) => name),
  }));
}
