import { Evidence } from '../../world/evidence';

/** Nobody reads a timeline of thousands of requests, and what keeping it costs would be measured with them. */
class Unrecorded extends Evidence {
  override note(): void {}
}

export const unrecorded = new Unrecorded();
