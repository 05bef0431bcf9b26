import type { Problem } from '../../clients/http-client';
import { PlainBrowser } from '../../identity-provider/plain-browser';
import type { SignOnStage } from '../../identity-provider/identity-providers';
import type { Person } from '../../actors/person';
import { whoIs, type CompanyProvider } from './company-provider';

export interface LetIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly userId: string;
}

/** A visit of somebody's browser to the platform, their company's provider, and back. */
export class ProviderVisit {
  readonly browser: PlainBrowser;

  constructor(
    private readonly stage: SignOnStage,
    private readonly person: Person,
  ) {
    this.browser = new PlainBrowser({ 'x-forwarded-for': person.network.address() });
  }

  /** As far as the provider has sent the browser back; or the reason why it was not sent there. */
  async toCallback(of: CompanyProvider, { who = whoIs(this.person), fresh = false } = {}): Promise<URL | string> {
    const { url, lying } = this.stage;
    const begun = await this.browser.post<{ redirectTo: string } & Problem>(`${url}/v1/sign-in/provider`, {
      ...{ email: this.person.email, fresh },
    });
    if (begun.status !== 200) return begun.body.code;
    const callback = `${url}/v1/sign-in/provider/callback`;
    const redirectTo = new URL(begun.body.redirectTo);
    if (!of.isLying) return this.browser.signIn(redirectTo, who, callback);
    return new URL(`${callback}?${lying.callback(redirectTo).toString()}`);
  }

  /** What the page was sent on with: a hand-over code, or the reason why not. */
  async answer(callback: URL, by = this.browser): Promise<{ handOver: string | null; refused: string | null }> {
    const end = await by.follow(callback, `${this.stage.url}/#`);
    if (!(end instanceof URL)) throw new Error(`the callback was answered with ${end.status}`);
    const said = new URLSearchParams(end.hash.slice(1));
    return { handOver: said.get('sign-in'), refused: said.get('sign-in-refused') };
  }

  async redeem(handOver: string, by = this.browser): Promise<LetIn | string> {
    const body = { handOver, device: 'laptop' };
    const answer = await by.post<LetIn & Problem>(`${this.stage.url}/v1/sign-in/provider/hand-over`, body);
    return answer.status === 200 ? answer.body : answer.body.code;
  }

  async whole(of: CompanyProvider, options: { who?: string; fresh?: boolean } = {}): Promise<LetIn | string> {
    const callback = await this.toCallback(of, options);
    if (typeof callback === 'string') return callback;
    const { handOver, refused } = await this.answer(callback);
    return handOver === null ? String(refused) : this.redeem(handOver);
  }
}
