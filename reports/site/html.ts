import { stripVTControlCharacters } from 'node:util';
import { withoutSecrets } from './secrets';

/** Markup that is safe to publish: made by `html`, and by nothing else. */
export class Html {
  constructor(readonly markup: string) {}
}

/** What may stand in a template. Nothing, `false` and an empty list leave no trace. */
export type Content = Html | string | number | false | null | undefined | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * A template whose every value is text unless it is markup already: a scenario named `<script>` stays a name. Attribute
 * values must stand in double quotes. Terminal colours and credentials are removed on the way.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  let markup = parts[0] ?? '';
  values.forEach((value, index) => (markup += rendered(value) + (parts[index + 1] ?? '')));
  return new Html(markup);
}

function rendered(value: Content): string {
  if (value instanceof Html) return value.markup;
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  return value.map(rendered).join('');
}

function escaped(text: string): string {
  return withoutSecrets(stripVTControlCharacters(text)).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
