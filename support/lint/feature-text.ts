import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateMessages } from '@cucumber/gherkin';
import { IdGenerator, SourceMediaType } from '@cucumber/messages';
import type { Background, GherkinDocument, Rule, Scenario } from '@cucumber/messages';
import { featureFiles } from '../../reports/model/features/feature-files';
import { withProse } from '../../reports/model/features/markdown';

/** A feature as it is written: its text and what Gherkin makes of it. */
export interface FeatureText {
  readonly uri: string;
  readonly text: string;
  readonly document: GherkinDocument;
}

/** Something that keeps a feature from being what readers and tools rely on. */
export interface Problem {
  readonly uri: string;
  readonly line: number;
  /** What is wrong and the way out. */
  readonly message: string;
  /** A hint does not fail the check. */
  readonly hint?: true;
}

/** Every feature below `features/`, and a problem for each one that Gherkin cannot read. */
export function readFeatures(root: string): { features: FeatureText[]; problems: Problem[] } {
  const features: FeatureText[] = [];
  const problems: Problem[] = [];
  for (const uri of featureFiles(root)) {
    const text = readFileSync(join(root, uri), 'utf8');
    const options = {
      newId: IdGenerator.incrementing(),
      includeSource: false,
      includeGherkinDocument: true,
      includePickles: false,
    };
    for (const message of generateMessages(text, uri, mediaTypeOf(uri), options)) {
      if (message.gherkinDocument) features.push({ uri, text, document: withProse(message.gherkinDocument, text) });
      if (message.parseError) {
        const reason = message.parseError.message.replace(/^\(.*?\): /, '');
        problems.push({
          uri,
          line: message.parseError.source.location?.line ?? 1,
          message: `This cannot be read: ${reason}.`,
        });
      }
    }
  }
  return { features, problems };
}

/** A feature may be written in Markdown too; it is judged like any other. */
export const mediaTypeOf = (uri: string): SourceMediaType =>
  uri.endsWith('.md')
    ? SourceMediaType.TEXT_X_CUCUMBER_GHERKIN_MARKDOWN
    : SourceMediaType.TEXT_X_CUCUMBER_GHERKIN_PLAIN;

/** A scenario with the rule it stands under and the background that comes before it. */
export interface Placed {
  readonly scenario: Scenario;
  readonly rule?: Rule;
  readonly backgrounds: readonly Background[];
}

/** All scenarios of a feature, in order. */
export function scenariosOf({ document }: FeatureText): Placed[] {
  const children = document.feature?.children ?? [];
  const outer = children.flatMap(({ background }) => background ?? []);
  return children.flatMap(({ scenario, rule }): Placed[] => {
    if (scenario) return [{ scenario, backgrounds: outer }];
    const backgrounds = [...outer, ...(rule?.children.flatMap(({ background }) => background ?? []) ?? [])];
    return (rule?.children ?? []).flatMap((child) =>
      child.scenario && rule ? [{ scenario: child.scenario, rule, backgrounds }] : [],
    );
  });
}

export const rulesOf = ({ document }: FeatureText): Rule[] =>
  (document.feature?.children ?? []).flatMap(({ rule }) => rule ?? []);
