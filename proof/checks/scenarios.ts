import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { generateMessages } from '@cucumber/gherkin';
import { IdGenerator, SourceMediaType } from '@cucumber/messages';
import type { GherkinDocument, Pickle } from '@cucumber/messages';
import { scenarioIdentity } from '../../reports/model/scenario-identity';
import type { Check } from './check';

/**
 * Every scenario that may notice a defect in a module, outlines unfolded: those that carry its tag; for `platform`, those
 * that speak its public contract. Throws on a feature that does not parse.
 */
export function scenariosOf(module: string, root = process.cwd()): Check[] {
  const tag = module === 'platform' ? '@e2e' : `@${module}`;
  return globSync('features/**/*.feature', { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .sort()
    .flatMap((uri) => scenariosOfText(readFileSync(join(root, uri), 'utf8'), uri))
    .filter(({ tags }) => tags.includes(tag));
}

function scenariosOfText(text: string, uri: string): Check[] {
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
  return pickles.map((pickle) => {
    const { key, meaning } = scenarioIdentity(pickle, whole);
    return {
      id: meaning,
      kind: 'scenario',
      title: key,
      place: { kind: 'scenario', path: `${uri}:${pickle.location?.line ?? 0}` },
      tags: pickle.tags.map(({ name }) => name),
    };
  });
}
