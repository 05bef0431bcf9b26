import { defineParameterType } from '@cucumber/cucumber';
import { meaningOf } from '../world/known';

/** A parameter that stands for one of a few phrases, each with a meaning. */
export function phrases<T>(name: string, meanings: Readonly<Record<string, T>>): void {
  const escaped = Object.keys(meanings).map((phrase) => phrase.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  defineParameterType({
    name,
    regexp: new RegExp(escaped.join('|')),
    transformer: (phrase: string) => meaningOf(name, phrase, meanings),
    useForSnippets: false,
  });
}
