/** A browser as far as a sign-in with a provider needs one: it keeps cookies for each place and goes where it is sent. */
export class PlainBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** `headers`: what a load balancer on the way adds. */
  constructor(private readonly headers: Readonly<Record<string, string>> = {}) {}

  /** Fills in who somebody is and goes on until it is sent to an address that begins with `until`, which it does not open. */
  async signIn(start: URL, who: string, until: string): Promise<URL> {
    let page = await this.follow(start, until);
    if (page instanceof URL) return page;
    const action = /action="([^"]+)"/.exec(await page.text())?.[1];
    if (action === undefined) throw new Error(`there is no form at ${page.url} (${page.status})`);
    const body = new URLSearchParams({ who });
    page = await this.follow(new URL(action, page.url), until, { method: 'POST', body });
    if (page instanceof URL) return page;
    throw new Error(`the provider did not send anybody back: ${page.status} at ${page.url}`);
  }

  /** Ends what the provider remembers of this browser; it asks once whether that is meant. */
  async signOut(issuer: string): Promise<void> {
    const page = await this.send(new URL(`${issuer}/session/end`));
    const form = await page.text();
    const action = /action="([^"]+)"/.exec(form)?.[1];
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(form)?.[1];
    if (action === undefined || xsrf === undefined) throw new Error(`nobody is asked at ${page.url}: ${form}`);
    const body = new URLSearchParams({ xsrf, logout: 'yes' });
    const done = await this.send(new URL(action, page.url), { method: 'POST', body });
    if (done.status >= 400) throw new Error(`the provider did not sign anybody out: ${done.status}`);
  }

  async follow(url: URL, until: string, init: RequestInit = {}): Promise<Response | URL> {
    if (url.href.startsWith(until)) return url;
    const answer = await this.send(url, init);
    const location = answer.headers.get('location');
    return location === null ? answer : this.follow(new URL(location, url), until);
  }

  async post<T>(url: string, body: object): Promise<{ readonly status: number; readonly body: T }> {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await this.send(new URL(url), init);
    return { status: answer.status, body: (await answer.json()) as T };
  }

  async send(url: URL, { headers, ...init }: RequestInit = {}): Promise<Response> {
    const jar = this.#jarOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = { ...this.headers, ...(headers as Record<string, string>), cookie };
    const answer = await fetch(url, { ...init, redirect: 'manual', headers: sent });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
      jar.set(name, value);
    }
    return answer;
  }

  #jarOf({ host }: URL): Map<string, string> {
    const known = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, known);
    return known;
  }
}
