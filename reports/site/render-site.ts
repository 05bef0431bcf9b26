import { streamOf, type Ledger } from '../ledger/ledger';
import type { RunModel } from '../model/run-model';
import { featurePage } from './feature-page';
import { frontPage } from './front-page';
import { glossaryPage } from './glossary-page';
import { layout, type Page } from './layout';
import { modulesPage, type ModuleProofs } from './modules-page';
import { Permalinks } from './permalinks';
import { streamPage } from './stream-page';

/** All pages of a run, as path and markup. Pure: the same run gives the same site. */
export function renderSite(model: RunModel, { streams }: Ledger, proofs: ModuleProofs): ReadonlyMap<string, string> {
  const links = new Permalinks(model);
  const nameOf = (key: string | undefined): string | null => streams.find((stream) => stream.key === key)?.name ?? null;
  const pages: readonly Page[] = [
    frontPage(model, streams, links),
    ...streams.map((stream) =>
      streamPage(
        stream,
        model.features.filter((feature) => streamOf(feature) === stream.key),
        links,
      ),
    ),
    ...model.features.map((feature) => featurePage(feature, nameOf(streamOf(feature)), links)),
    modulesPage(model, proofs, links),
    glossaryPage(),
  ];
  return new Map(pages.map((page) => [page.path, layout(page, model)]));
}
