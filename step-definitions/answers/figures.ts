import { Then, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import { latestReport, readRows } from '../../world/modules/agent-registry/reports';
import type { RevenueWorld } from '../../world/revenue-world';

Then('the report lists:', async function (this: RevenueWorld, table: DataTable) {
  const [columns = []] = table.raw();
  expect(readRows(await latestReport(this.cast.lastNamed()), columns)).to.deep.equal(table.hashes());
});

Then('the report is preliminary, and says {string}', async function (this: RevenueWorld, words: string) {
  const { preliminary, text } = await latestReport(this.cast.lastNamed());
  expect(preliminary).to.equal(true);
  expect(text).to.include(words);
});

Then('the report says {string}', async function (this: RevenueWorld, words: string) {
  expect((await latestReport(this.cast.lastNamed())).text).to.include(words);
});

Then(
  'the report tells that {string} and offers {int} questions',
  async function (this: RevenueWorld, words: string, questions: number) {
    const { notes, suggestions } = await latestReport(this.cast.lastNamed());
    expect([notes.join(' ').includes(words), suggestions.length]).to.deep.equal([true, questions]);
  },
);

Then('the report offers {int} questions', async function (this: RevenueWorld, questions: number) {
  expect((await latestReport(this.cast.lastNamed())).suggestions).to.have.lengthOf(questions);
});

Then('the report is about {int} days, by {word}', async function (this: RevenueWorld, days: number, by: string) {
  const { period, answer } = await latestReport(this.cast.lastNamed());
  expect((Date.parse(period.to) - Date.parse(period.from)) / 86_400_000).to.equal(days);
  expect(answer?.by).to.deep.equal([by]);
});

Then(
  'the newest answer on the page has a row {string}, which no answer before had',
  async function (this: RevenueWorld, name: string) {
    const answers = await this.pages.of(this.cast.lastNamed()).answersWithRow(name);
    expect(answers.indexOf(true)).to.equal(answers.length - 1);
  },
);
