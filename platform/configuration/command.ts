import {
  CONFIGURATION_REFUSED_STATUS,
  ConfigurationRefused,
  listSettings,
  loadBase,
  type ListedSetting,
} from '../../ssot/configuration-manager';
import { silentLogger, systemClock } from '../../ssot/kernel';

const USAGE = `Usage: npm run configuration [-- --help | --markdown]

Lists every setting of the platform and of companies, and says whether an instance would start with the variables of this
environment; every problem is named, no value is shown. --markdown writes docs/settings.md.

Exit status: 0 an instance would start, 78 it would be refused, 64 wrong usage.`;

export interface CommandParts {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** Resolves with the exit status. */
export async function showConfiguration(
  args: readonly string[],
  { variables, out, err }: CommandParts,
): Promise<number> {
  const [option, ...more] = args;
  if (more.length > 0 || (option !== undefined && !['--help', '-h', '--markdown'].includes(option))) {
    err(`Unknown: ${args.join(' ')}\n\n${USAGE}`);
    return 64;
  }
  if (option === '--markdown') {
    out(settingsDocument());
    return 0;
  }
  if (option !== undefined) out(`${USAGE}\n`);
  out(asTable(listSettings().map((setting) => rowOf(setting, variables))));
  if (option !== undefined) return 0;
  try {
    const { environment, warnings } = await loadBase({ variables, clock: systemClock, log: silentLogger });
    for (const { variable, problem } of warnings) out(`\n${variable} ${problem}: would be refused in production.`);
    out(`\nAn instance would start, as ${environment}.`);
    return 0;
  } catch (refusal) {
    if (!(refusal instanceof ConfigurationRefused)) throw refusal;
    err(`\n${refusal.message}`);
    return CONFIGURATION_REFUSED_STATUS;
  }
}

/** `docs/settings.md`. */
export function settingsDocument(): string {
  const cells = (setting: ListedSetting): readonly string[] => [
    setting.variable === undefined ? '' : `\`${setting.variable}\``,
    `\`${setting.key}\``,
    setting.type,
    `${setting.about}${setting.isSecret ? ' (secret)' : ''}`,
    ['required', 'none'].includes(setting.fallback) || setting.fallback.startsWith('the ')
      ? setting.fallback
      : `\`${setting.fallback}\``,
    whoMay(setting),
  ];
  const head = ['variable', 'key', 'type', 'what it is', 'default', 'who may change it'];
  const rows = [head, head.map(() => '---'), ...listSettings().map(cells)];
  return `# Settings

Made by \`npm run configuration -- --markdown\` from the code, and held against it by a test. A company changes its own with
\`/v1/settings\`: of the default, the environment and the company the nearest wins, and the plan caps it. A list is written with
commas between its entries.

## All of them

${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`;
}

function whoMay({ changedBy, from }: ListedSetting): string {
  if (changedBy === 'platform') return 'platform';
  const company = `company${from === undefined ? '' : `, from the ${from} plan on`}`;
  return changedBy === 'company' ? company : `platform; ${company}`;
}

function rowOf(setting: ListedSetting, variables: CommandParts['variables']): readonly string[] {
  const { key, variable, type, fallback, isSecret } = setting;
  const isWritten = variable !== undefined && (variables[variable] ?? '').trim() !== '';
  const origin = isWritten ? 'environment' : fallback === 'required' ? 'missing' : 'default';
  return [variable ?? '', key, type.replaceAll('`', ''), fallback, origin, isSecret ? 'secret' : '', whoMay(setting)];
}

function asTable(rows: readonly (readonly string[])[]): string {
  const all = [['variable', 'key', 'type', 'default', 'origin', '', 'who may change it'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
