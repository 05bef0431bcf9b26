import { World, type IWorldOptions } from '@cucumber/cucumber';
import type { Pickle } from '@cucumber/messages';
import type { Permission } from '../ssot/kernel';
import { BrokenClients } from './operations/broken-clients/broken-clients';
import { Browser } from './page/browser';
import { Calls } from './modules/websocket-manager/calls';
import { Connections } from './stores/connections';
import { ControlledClock } from './operations/controlled-clock';
import { DeletedThreads } from './modules/websocket-manager/deleted-threads';
import { ForeignThread } from './modules/websocket-manager/thread-addresses';
import { Evidence, EVIDENCE_MEDIA_TYPE } from './evidence';
import { GenuineTokens } from './modules/auth/genuine-tokens';
import { Guesses } from './modules/auth/guesses';
import { Strangers } from './modules/auth/strangers';
import { Hoarder } from './operations/broken-clients/hoarder';
import { HttpClient, type Problem } from './clients/http-client';
import { LiveDelays } from './operations/live-delays';
import { IdentityProviders } from './identity-provider/identity-providers';
import { Intruder } from './modules/auth/intruder';
import { Isolation } from './modules/database-manager/isolation';
import { Limits } from './modules/configuration-manager/limits';
import { BusyCompany } from './modules/agent-registry/busy-company';
import { Failover } from './modules/agent-registry/failover';
import { Questions } from './modules/agent-registry/questions';
import { Results } from './modules/agent-registry/results';
import { RunFigures } from './modules/agent-registry/run-figures';
import { WordingModel } from './modules/agent-registry/wording-model';
import { Figures } from './modules/analytics/figures';
import { Savings } from './modules/analytics/savings';
import { UsageCompanies } from './modules/analytics/usage-companies';
import { UsageHistory } from './modules/analytics/usage-history';
import { UsageReports } from './modules/analytics/usage-reports';
import { ApiKeyUse } from './modules/auth/api-keys';
import { AuditTrails } from './modules/auth/audit-trails';
import { CompanyPeople } from './modules/auth/company-people';
import { AgedTrail } from './modules/auth/aged-trail';
import { FreshProof } from './modules/auth/fresh-proof';
import { OwnAccount } from './modules/auth/own-account';
import { SecondFactors } from './modules/auth/second-factor';
import { SingleSignOn } from './modules/auth/single-sign-on';
import { SignOnRules } from './modules/auth/sign-on-rules';
import { SideDoors } from './modules/auth/side-doors';
import { CompanySettings } from './modules/configuration-manager/company-settings';
import { ShownCredentials } from './modules/configuration-manager/shown-credentials';
import { SavedRuns } from './modules/state-persistence/saved-runs';
import { Crowd } from './modules/database-manager/crowd';
import { ReplicatedDatabase } from './modules/database-manager/replicated-database';
import { Identifiers } from './modules/id-manager/identifiers';
import { Fleet } from './modules/lifecycle-manager/fleet';
import { RepeatedStarts } from './modules/lifecycle-manager/repeated-starts';
import { Stops } from './modules/lifecycle-manager/stops';
import { StartAttempt } from './modules/lifecycle-manager/start-attempt';
import { Outsiders } from './modules/isolation/outsiders';
import { WorkingState } from './modules/state-manager/working-state';
import { DataRequests } from './modules/state-persistence/data-requests';
import { LiveConnections } from './modules/websocket-manager/live-connections';
import { Operations } from './operations/operations';
import { Cast } from './actors/cast';
import { CompanyPages } from './page/company-pages';
import { Pages } from './page/pages';
import { PassingTime } from './operations/passing-time';
import { PlatformUnderTest } from './operations/platform-under-test';
import { ProductionStart } from './modules/configuration-manager/production-start';
import { Programs } from './modules/websocket-manager/programs';
import { addressOf } from './settings';
import { CompanyDays } from './modules/analytics/company-days';
import { KeptThreads } from './modules/websocket-manager/kept-threads';
import { SlowAnswers } from './modules/analytics/slow-answers';
import { ThreadCalls } from './modules/websocket-manager/thread-calls';
import { StoredRows } from './modules/analytics/stored-rows';

interface Home {
  readonly url: string;
  readonly operationsUrl: string;
}

/** One of each for a worker; the scenarios that run there share them. */
const connections = new Connections();
const platform = new PlatformUnderTest();
const browser = new Browser();
const identityProviders = new IdentityProviders();

/** Closes what this worker opened, last opened first. */
export async function closeWorker(): Promise<void> {
  await browser[Symbol.asyncDispose]();
  await identityProviders[Symbol.asyncDispose]();
  await platform[Symbol.asyncDispose]();
  await connections[Symbol.asyncDispose]();
}

/**
 * What every step sees as `this`: actors, not connections. A scenario gets companies and people of its own, so that any
 * two scenarios can run at the same time on the same services, in any order, and nothing needs cleaning between them.
 */
export class RevenueWorld extends World {
  readonly cast = new Cast(this);
  readonly clock = new ControlledClock();
  readonly time = new PassingTime((ms) => this.clock.advance(ms));
  readonly evidence = new Evidence();
  readonly operations = new Operations(this);
  readonly productionStart = new ProductionStart(this);
  readonly brokenClients = new BrokenClients(this);
  readonly hoarder = new Hoarder(this);
  readonly liveDelays = new LiveDelays();
  readonly intruder = new Intruder(this);
  readonly guesses = new Guesses(this);
  readonly strangers = new Strangers(this);
  readonly genuine = new GenuineTokens(this);
  readonly isolation = new Isolation(this, connections);
  readonly outsiders = new Outsiders(this);
  readonly limits = new Limits(connections);
  readonly identifiers = new Identifiers(this);
  readonly crowd = new Crowd(this);
  readonly replicatedDatabase = new ReplicatedDatabase(this);
  readonly savedRuns = new SavedRuns(this);
  readonly startAttempt = new StartAttempt(this);
  readonly stops = new Stops(this);
  readonly fleet = new Fleet(this);
  readonly repeatedStarts = new RepeatedStarts(this);
  readonly people = new CompanyPeople();
  readonly audit = new AuditTrails(this);
  readonly apiKeys = new ApiKeyUse(this);
  readonly factors = new SecondFactors();
  readonly singleSignOn = new SingleSignOn(this, identityProviders);
  readonly signOnRules = new SignOnRules(this);
  readonly agedTrail = new AgedTrail(this);
  readonly freshProof = new FreshProof(this);
  readonly ownAccount = new OwnAccount(this);
  readonly sideDoors = new SideDoors(this);
  readonly shownCredentials = new ShownCredentials(this);
  readonly companySettings = new CompanySettings();
  readonly usageReports = new UsageReports();
  readonly #usage = new UsageCompanies(this);
  readonly figures = new Figures(this.#usage);
  readonly savings = new Savings(this.#usage);
  readonly usageHistory = new UsageHistory(this.#usage);
  readonly questions = new Questions(this);
  readonly busyCompany = new BusyCompany(this);
  readonly results = new Results();
  readonly failover = new Failover(this);
  readonly runFigures = new RunFigures(this);
  readonly model = new WordingModel(this);
  readonly liveConnections = new LiveConnections(this);
  readonly programs = new Programs(this);
  readonly calls = new Calls();
  readonly state = new WorkingState(this);
  readonly stored = new StoredRows(connections);
  readonly deletedThreads = new DeletedThreads(connections);
  readonly foreignThread = new ForeignThread(connections);
  readonly threadCalls = new ThreadCalls();
  readonly slowAnswers = new SlowAnswers(this);
  readonly keptThreads = new KeptThreads(this);
  readonly dataRequests = new DataRequests(this);
  readonly companyDays = new CompanyDays(this);
  readonly pages = new Pages(this, browser);
  readonly companyPages = new CompanyPages(this, browser);
  readonly connections = connections;
  /** What somebody was told who wanted several things. */
  refusals: readonly Problem[] = [];
  /** What somebody was told that they may do. */
  rights: readonly Permission[] = [];
  /** What somebody was told who asked for it. */
  learnt = '';
  #scope = new AsyncDisposableStack();
  #pickle: Pickle | null = null;
  #home: Home | null = null;

  constructor(options: IWorldOptions) {
    super(options);
  }

  begin(pickle: Pickle): void {
    this.#pickle = pickle;
  }

  get tags(): readonly string[] {
    return this.#pickle?.tags.map((tag) => tag.name) ?? [];
  }

  get scenarioName(): string {
    return this.#pickle?.name ?? '';
  }

  /** Hands a thing to the scenario: it is closed at its end, in reverse order, whatever happened. */
  own<T extends Disposable | AsyncDisposable>(thing: T): T {
    this.#scope.use(thing as AsyncDisposable);
    return thing;
  }

  /** From now on the companies and people of the scenario meet this instance, and the shared one no more. */
  moveTo(instance: Home): void {
    this.#home = instance;
  }

  /** Why what somebody tried last was refused: one reason for each refusal. */
  get reasons(): readonly string[] {
    const problems = [this.questions.refusal, this.results.refusal, this.limits.refusal];
    return [...problems.flatMap((problem) => problem?.detail ?? []), ...this.liveConnections.reasons];
  }

  async platformUrl(): Promise<string> {
    return this.#home?.url ?? platform.url();
  }

  async operationsUrl(): Promise<string> {
    return this.#home?.operationsUrl ?? platform.operationsUrl();
  }

  /** An operator of the platform, at the operators' own port of the shared instance or of another one. */
  async operator(operationsUrl?: string): Promise<HttpClient> {
    const url = operationsUrl ?? (await this.operationsUrl());
    return new HttpClient(url, 'the operator', this.evidence, addressOf('SPEC_OPERATOR_KEY'));
  }

  async end(): Promise<void> {
    await this.#scope.disposeAsync();
    if (!this.evidence.isEmpty) {
      this.attach(this.evidence.toJson(), { mediaType: EVIDENCE_MEDIA_TYPE });
    }
  }
}
