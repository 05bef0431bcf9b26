/** Where a run leaves what it says, relative to the repository. */
export interface RunPlaces {
  /** Cucumber's message stream, one JSON text a line. */
  readonly messages: string;
  readonly ledger: string;
  readonly site: string;
}

export const OF_WHOLE_RUN: RunPlaces = {
  messages: 'reports/output/messages.ndjson',
  ledger: 'reports/output/ledger.json',
  site: 'reports/output/site',
};

/** A run of a few scenarios says nothing about the rest, so it never replaces what the last whole run said. */
export const OF_PART: RunPlaces = {
  messages: 'reports/output/messages-of-a-part.ndjson',
  ledger: 'reports/output/ledger-of-a-part.json',
  site: 'reports/output/site-of-a-part',
};
