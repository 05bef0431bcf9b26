import type { Base, BaseInput, Problem } from './contract';
import { ENVIRONMENTS, servesCustomers, type Environment } from './environment';
import { firstIssue } from './first-issue';
import { listenerProblems } from './listeners';
import { forbiddenIn, safetyFindings } from './safety/safety';
import { sections, type ReadSettings, type Setting, type Settings } from './sections';
import { KeyRing, PlatformError } from '../kernel';

const ENVIRONMENT_VARIABLE = 'PLATFORM_ENVIRONMENT';
/** Exit status of a process whose configuration was refused (EX_CONFIG of sysexits). */
export const CONFIGURATION_REFUSED_STATUS = 78;

/** Nothing was started. Names every variable with its problem and the way out, and no value. */
export class ConfigurationRefused extends PlatformError {
  constructor(readonly problems: readonly Problem[]) {
    const lines = problems.map(({ variable, problem, wayOut }) => `  ${variable} ${problem}. ${wayOut}`);
    super({
      code: 'configuration_refused',
      message: `The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${lines.join('\n')}`,
      field: (problems[0] as Problem).variable,
    });
  }
}

/**
 * Reads the environment's variables into typed, frozen settings; throws `ConfigurationRefused` with all problems at
 * once. Safety findings refuse the start in staging and production and are warnings elsewhere.
 */
export function loadBase(input: BaseInput): Promise<Base> {
  return Promise.resolve().then(() => read(input));
}

function read({ variables, log }: BaseInput): Base {
  const problems: Problem[] = [];
  const environment = readEnvironment(variables, problems);
  problems.push(...misspelt(variables));
  const found = readSections(variables, problems);
  const origins = readOrigins(variables);
  const findings = safetyFindings(found);
  problems.push(...listenerProblems(found));
  if (environment !== undefined && servesCustomers(environment)) {
    problems.push(...forbiddenIn(environment, found), ...findings);
  }
  if (environment === undefined || problems.length > 0) throw new ConfigurationRefused(problems);
  // Nothing was missing, or it would have been refused.
  const settings = found as Settings;
  for (const { variable, problem } of findings) log.warn({ variable, problem }, 'would be refused in production');
  const keys = settings.identity.masterKeys.map(({ id, key }) => ({ id, key: Buffer.from(key.reveal(), 'base64') }));
  return Object.freeze({ environment, settings, origins, keys: new KeyRing(keys), warnings: Object.freeze(findings) });
}

function readEnvironment(variables: BaseInput['variables'], problems: Problem[]): Environment | undefined {
  const named = variables[ENVIRONMENT_VARIABLE];
  const environment = ENVIRONMENTS.find((name) => name === named);
  if (environment === undefined) {
    problems.push({
      variable: ENVIRONMENT_VARIABLE,
      problem: named === undefined || named === '' ? 'is missing' : 'names no known environment',
      wayOut: `Write one of ${ENVIRONMENTS.join(', ')}, exactly.`,
    });
  }
  return environment;
}

/** Names of ours that nobody would read: a typing mistake there must not pass for an absent setting. */
function misspelt(variables: BaseInput['variables']): readonly Problem[] {
  const unknown = Object.keys(variables).filter(
    (name) => name.startsWith('PLATFORM_') && name !== ENVIRONMENT_VARIABLE,
  );
  return unknown.map((variable) => {
    const wayOut = `Did you mean ${ENVIRONMENT_VARIABLE}? Leave out what is not for the platform.`;
    return { variable, problem: 'is no setting of the platform', wayOut };
  });
}

/** Only complete when no problem was added. */
function readSections(variables: BaseInput['variables'], problems: Problem[]): ReadSettings {
  const settings = Object.entries(sections).map(([name, section]) => {
    const values = Object.entries<Setting>(section).map(
      ([key, setting]) => [key, readSetting(setting, variables, problems)] as const,
    );
    return [name, Object.freeze(Object.fromEntries<unknown>(values))] as const;
  });
  return Object.freeze(Object.fromEntries(settings)) as ReadSettings;
}

function readOrigins(variables: BaseInput['variables']): Base['origins'] {
  return new Map(
    Object.entries(sections).flatMap(([name, section]) =>
      Object.entries<Setting>(section).map(([key, { variable }]) => {
        return [`${name}.${key}`, isWritten(variables[variable]) ? 'environment' : 'default'] as const;
      }),
    ),
  );
}

function isWritten(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}

function readSetting(setting: Setting, variables: BaseInput['variables'], problems: Problem[]): unknown {
  const { variable, wayOut } = setting;
  const written = variables[variable];
  const text = isWritten(written) ? written : setting.otherwise;
  if (text === undefined) {
    problems.push({ variable, problem: 'is missing', wayOut });
    return undefined;
  }
  const read = setting.kind.safeParse(text);
  if (read.success) return read.data;
  problems.push({ variable, problem: firstIssue(read.error).message, wayOut });
  return undefined;
}
