import type { ChatDevice } from '../clients/chat-device';
import { known } from '../known';
import { Person } from './person';
import { COMPANIES, PEOPLE, type Company, type PersonName } from './personas';
import type { RevenueWorld } from '../revenue-world';
import { Tenant } from './tenant';

/** The people and companies of one scenario, made when they are first named. */
export class Cast {
  readonly #tenants = new Map<Company, Tenant>();
  readonly #people = new Map<PersonName, Person>();
  #lastNamed: Person | null = null;

  constructor(private readonly world: RevenueWorld) {}

  tenant(name: Company): Tenant {
    known('company', name, Object.keys(COMPANIES));
    return getOrMake(this.#tenants, name, () => new Tenant(this.world, name));
  }

  /** Somebody the sentence names: "she" means them from here on. */
  named(name: PersonName): Person {
    this.#lastNamed = this.person(name);
    return this.#lastNamed;
  }

  person(name: PersonName): Person {
    known('person', name, Object.keys(PEOPLE));
    return getOrMake(this.#people, name, () => new Person(this.world, name, this.tenant(PEOPLE[name].company)));
  }

  administratorOf(company: Company): Person {
    const found = Object.entries(PEOPLE).find(([, one]) => one.company === company && one.role === 'administrator');
    if (found === undefined) throw new Error(`nobody in the cast administers ${company}`);
    return this.person(found[0] as PersonName);
  }

  /** The devices that people have opened, in whatever state. */
  devices(): readonly ChatDevice[] {
    return [...this.#people.values()].flatMap(({ devices }) => [...devices.values()]);
  }

  /** Whom "she", "he" or "they" means: the person named last. */
  lastNamed(): Person {
    if (this.#lastNamed === null) throw new Error('nobody has been named yet; write the name instead of a pronoun');
    return this.#lastNamed;
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
