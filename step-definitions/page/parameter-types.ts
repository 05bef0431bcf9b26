import { defineParameterType } from '@cucumber/cucumber';
import { phrases } from '../../support/phrases';
import { meaningOf } from '../../world/known';
import type { ChatPage } from '../../world/page/chat-page';
import { MISHAPS, WAYS_TO_OPEN, type Mishap, type WayToOpen } from '../../world/page/ways-to-open';
import type { RevenueWorld } from '../../world/revenue-world';

phrases<Mishap>('mishap', MISHAPS);

defineParameterType({
  name: 'way-to-open',
  regexp:
    /(?: there| in two tabs of one browser| in two tabs|, on connections that can break|, behind a front door|, behind a network that can break)?/,
  transformer: (words: string): WayToOpen => meaningOf('way to open a thread', words, WAYS_TO_OPEN),
  useForSnippets: false,
});

/** A tab of whoever was named last. */
defineParameterType({
  name: 'page',
  regexp: /(?:the|her|his) page|the other tab/,
  transformer(this: RevenueWorld, words: string): ChatPage {
    return this.pages.of(this.cast.lastNamed(), words === 'the other tab' ? 2 : 1);
  },
  useForSnippets: false,
});

/** How many questions a story is about: one, where the sentence says no number. */
defineParameterType({
  name: 'of-questions',
  regexp: /(?: of \d+ questions)?/,
  transformer: (words: string): number => Number(/\d+/.exec(words)?.[0] ?? 1),
  useForSnippets: false,
});

/** What stands in the box for questions; nothing, or a text. */
defineParameterType({
  name: 'written',
  regexp: /nothing|"[^"]*"/,
  transformer: (words: string): string => (words === 'nothing' ? '' : words.slice(1, -1)),
  useForSnippets: false,
});
