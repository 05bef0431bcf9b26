import type { Envelope } from '@cucumber/messages';
import { featureFiles } from '../../reports/model/features/feature-files';
import { OF_PART, OF_WHOLE_RUN, type RunPlaces } from '../../reports/model/run-places';

/** Follows what is read, and says whether a selection leaves anything of the repository out. */
export class RunScope {
  readonly #read = new Set<string>();
  #pickles = 0;

  constructor(private readonly root: string) {}

  follow({ gherkinDocument, pickle }: Envelope): void {
    if (gherkinDocument?.uri !== undefined) this.#read.add(gherkinDocument.uri);
    if (pickle) this.#pickles += 1;
  }

  /** `selected`: how many scenarios are about to run, after every filter and shard. */
  isWhole(selected: number): boolean {
    return selected === this.#pickles && featureFiles(this.root).every((path) => this.#read.has(path));
  }

  places(selected: number): RunPlaces {
    return this.isWhole(selected) ? OF_WHOLE_RUN : OF_PART;
  }
}
