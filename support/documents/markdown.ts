import { globSync, readFileSync } from 'node:fs';

const NOT_OURS = ['**/node_modules/**', 'dist/**', 'reports/output/**', '.services/**', '.stryker-tmp/**'];

/** Paths of all Markdown files of the repository, its root being the current folder. */
export function documents(): readonly string[] {
  return globSync('**/*.md', { exclude: NOT_OURS });
}

/** Where the links and pictures of a Markdown text lead, as written. What stands in code is no link. */
export function linksOf(markdown: string): readonly string[] {
  return [...withoutCode(markdown).matchAll(/\]\(<?([^)\s>]+)>?\)/g)].map((found) => found[1] as string);
}

/** The anchors that GitHub gives to the headings of a Markdown text: `#what-failed-and-why`. */
export function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ +(.*)$/gm)].map(([, heading = '']) => {
    const text = heading.replace(/\]\([^)]*\)/g, ']').toLowerCase();
    return `#${text.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')}`;
  });
}

/** Rows of the first table below a heading, each a list of its cells; the head is left out. Throws if there is none. */
export function tableBelow(heading: string, file: string): readonly (readonly string[])[] {
  const below = readFileSync(file, 'utf8').split(`\n${heading}\n`)[1]?.split(/^#/m)[0] ?? '';
  const [, , ...rows] = /(?:^\|.*\n)+/m.exec(below)?.[0].trimEnd().split('\n') ?? [];
  if (rows.length === 0) throw new Error(`${file} has no table below "${heading}".`);
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The words that a table's cell writes as code. */
export function codeIn(cell = ''): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((found) => found[1] as string);
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '``');
}
