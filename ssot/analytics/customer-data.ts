import { z } from 'zod';
import type { CustomerData, ExportRecord, PlaceCount, Subject } from '../kernel';
import { ABOUT_PERSON } from './recording/events';
import { Rewrites } from './store/rewrites';
import type { Store, Values } from './store/store';

const CALLS_AT_ONCE = 1_000;
const countRow = z.object({ place: z.string(), rows: z.coerce.number() });
const useRow = z.looseObject({ event_id: z.string() });

/** Waits until every part is rewritten, so that nothing is left where the next question looks. */
const REWRITTEN = 'settings mutations_sync = 2';

/**
 * Reported usage as data of a person or a company. A company's rows go. Of a person goes whatever says that a call was theirs;
 * the calls stay, because the company pays for them. `shaped`: resolves when the tables are there.
 */
export function usageCustomerData(store: Store, shaped: () => Promise<void>): CustomerData {
  const blank = ABOUT_PERSON.map((column) => `${column} = ''`).join(', ');
  const people = new Rewrites(store, 'usage', `update ${blank}`, ['tenant_id', 'person_id']);
  const companies = new Rewrites(store, 'usage', 'delete', ['tenant_id']);
  return {
    name: 'usage',
    async erase(subject) {
      await shaped();
      const { tenantId, userId } = subject;
      if (userId !== undefined) return people.apply([tenantId, userId]);
      await companies.apply([tenantId]);
      // A rewrite of nothing would still go through every part.
      if ((await count(store, subject)).every(({ rows }) => rows === 0)) return;
      await store.define(`alter table usage_names delete where ${OF_COMPANY} ${REWRITTEN}`, of(subject));
    },
    async count(subject) {
      await shaped();
      return count(store, subject);
    },
    async *export(subject) {
      await shaped();
      yield* exported(store, subject);
    },
  };
}

const OF_COMPANY = 'tenant_id = {company:String}';
const OF_PERSON = `${OF_COMPANY} and person_id = {person:String}`;

function of({ tenantId, userId }: Subject): Values {
  return { company: tenantId, ...(userId !== undefined && { person: userId }) };
}

function count(store: Store, subject: Subject): Promise<readonly PlaceCount[]> {
  const where = subject.userId === undefined ? OF_COMPANY : OF_PERSON;
  const names = `union all select 'usage_names' as place, count() as rows from usage_names where ${OF_COMPANY}`;
  const text = `select 'usage' as place, count() as rows from usage where ${where}
    ${subject.userId === undefined ? names : ''}`;
  return store.askAbout(subject.tenantId, text, of(subject), countRow);
}

async function* exported(store: Store, subject: Subject): AsyncGenerator<ExportRecord> {
  const where = subject.userId === undefined ? OF_COMPANY : OF_PERSON;
  for (let after = ''; ;) {
    const rows = await store.askAbout(
      subject.tenantId,
      `select event_id, toString(at) as at, provider, model, feature, toString(status) as status,
         toString(input_tokens) as input_tokens, toString(output_tokens) as output_tokens, person_id, run_id
       from usage final where ${where} and event_id > {after:String} order by event_id limit ${CALLS_AT_ONCE}`,
      { ...of(subject), after },
      useRow,
    );
    for (const row of rows) yield { place: 'usage', record: row as ExportRecord['record'] };
    after = rows.at(-1)?.event_id ?? after;
    if (rows.length < CALLS_AT_ONCE) return;
  }
}
