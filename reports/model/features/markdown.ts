import type { GherkinDocument } from '@cucumber/messages';

/**
 * A feature that is written in Markdown (`.feature.md`), with the prose below the headings of feature and rules as their
 * descriptions: Gherkin leaves it out, while business value and reasons stand there. Any other document is returned as it is.
 */
export function withProse(document: GherkinDocument, text: string): GherkinDocument {
  const { uri, feature } = document;
  if (!feature || uri?.endsWith('.md') !== true) return document;
  const lines = text.split('\n');
  const children = feature.children.map((child) =>
    child.rule
      ? { ...child, rule: { ...child.rule, description: proseBelow(lines, child.rule.location.line) } }
      : child,
  );
  return { ...document, feature: { ...feature, description: proseBelow(lines, feature.location.line), children } };
}

/** Up to the next heading, step, or line of tags. `line` counts from 1 and is that of the heading. */
function proseBelow(lines: readonly string[], line: number): string {
  const below = lines.slice(line);
  const end = below.findIndex((one) => /^\s*(#|`@|[*+-]\s)/.test(one));
  const prose = below.slice(0, end < 0 ? below.length : end);
  const first = prose.findIndex((one) => one.trim() !== '');
  return first < 0 ? '' : prose.slice(first).join('\n').trimEnd();
}
