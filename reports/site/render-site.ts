import { streamOf, type Ledger } from '../ledger/ledger';
import type { RunModel } from '../model/run-model';
import { featurePage } from './pages/feature-page';
import { frontPage } from './pages/front-page';
import { glossaryPage } from './pages/glossary-page';
import { layout, type Page } from './layout';
import { modulesPage, type ModuleProofs } from './pages/modules-page';
import { Permalinks } from './permalinks';
import { streamPage } from './pages/stream-page';

/** All pages of a run, as path and markup, one after the other. Pure: the same run gives the same site. */
export function* renderSite(
  model: RunModel,
  ledger: Ledger,
  proofs: ModuleProofs,
): Generator<readonly [path: string, markup: string]> {
  for (const page of pages(model, ledger, proofs)) yield [page.path, layout(page, model)];
}

function* pages(model: RunModel, { streams }: Ledger, proofs: ModuleProofs): Generator<Page> {
  const links = new Permalinks(model);
  yield frontPage(model, streams, links);
  for (const stream of streams) {
    const features = model.features.filter((feature) => streamOf(feature) === stream.key);
    yield streamPage(stream, features, links);
  }
  for (const feature of model.features) {
    const stream = streams.find(({ key }) => key === streamOf(feature));
    yield featurePage(feature, stream, links);
  }
  yield modulesPage(model, proofs, links);
  yield glossaryPage();
}
