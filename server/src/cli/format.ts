import { createColors } from 'picocolors';
import { version } from '../../../package.json';
import { rules } from '../rules/registry.ts';
import type { Severity } from '../rules/rule.ts';
import type { Lines, Located } from './located.ts';

/** Colour on a terminal alone, as NO_COLOR and FORCE_COLOR allow; a log of CI is no terminal. */
const pc = createColors(!process.env.NO_COLOR && (Boolean(process.env.FORCE_COLOR) || process.stdout.isTTY === true));

export type Format = 'text' | 'json' | 'sarif' | 'github';
export const formats: readonly Format[] = ['text', 'json', 'sarif', 'github'];

/** What one run of `netpol check` found. */
export interface Report {
  readonly findings: readonly Located[];
  /** Manifests that were looked at. */
  readonly files: number;
  /** The text of each file with findings. */
  readonly lines: ReadonlyMap<string, Lines>;
  /** Findings that `--fix` would mend. */
  readonly fixable: number;
  /** Rules that failed, which is a mistake of netpol, each with how. */
  readonly failures: ReadonlyMap<string, string>;
  /** What was checked in part, in sentences. */
  readonly notes: readonly string[];
  /** What is there and was not read, in sentences. */
  readonly unread: readonly string[];
}

const colours: Readonly<Record<Severity, (text: string) => string>> = { error: pc.red, warning: pc.yellow, information: pc.blue, hint: pc.dim };
const longestExcerpt = 160;

function excerpt(found: Located, lines: Lines | undefined, paint: (text: string) => string): string {
  const source = lines?.line(found.line) ?? '';
  // A minified file has its whole text on one line: show what is around the finding.
  const from = found.column > longestExcerpt - 40 ? found.column - 41 : 0;
  const shown = source.slice(from, from + longestExcerpt);
  const gutter = String(found.line).length;
  const before = shown.slice(0, found.column - 1 - from).replace(/[^\t]/g, ' ');
  const last = found.endLine > found.line ? from + shown.length : Math.min(found.endColumn - 1, from + shown.length);
  const carets = '^'.repeat(Math.max(1, last - (found.column - 1)));
  return `${pc.dim(`${found.line} |`)} ${shown}\n${' '.repeat(gutter)} ${pc.dim('|')} ${before}${paint(carets)}`;
}

const plural = (count: number, noun: string) => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

function summary({ findings, files, fixable }: Report): string {
  if (findings.length === 0) return `${pc.green('No findings')} in ${plural(files, 'manifest')}.`;
  const counts = (['error', 'warning', 'information', 'hint'] as const).flatMap((severity) => {
    const count = findings.filter((found) => found.severity === severity).length;
    return count > 0 ? [colours[severity](severity === 'information' ? `${count} information` : plural(count, severity))] : [];
  });
  const mend = fixable > 0 ? ` ${plural(fixable, 'finding')} can be mended with --fix.` : '';
  return `${counts.join(', ')} in ${plural(files, 'manifest')}.${mend}`;
}

function text(report: Report): string {
  const blocks = report.findings.map((found) => {
    const paint = colours[found.severity];
    const place = `${found.file}:${found.line}:${found.column}`;
    return `${pc.bold(place)} ${paint(found.severity)} ${pc.dim(`netpol(${found.id})`)}\n${found.message}\n${excerpt(found, report.lines.get(found.file), paint)}\n`;
  });
  return `${[...blocks, summary(report)].join('\n')}\n`;
}

/** Source: docs.github.com, "Workflow commands for GitHub Actions". */
function github({ findings }: Report): string {
  const data = (value: string) => value.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
  const property = (value: string) => data(value).replace(/:/g, '%3A').replace(/,/g, '%2C');
  const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', information: 'notice', hint: 'notice' };
  return findings
    .map((found) => {
      const columns = found.line === found.endLine ? `,col=${found.column},endColumn=${found.endColumn}` : '';
      return `::${commands[found.severity]} file=${property(found.file)},line=${found.line},endLine=${found.endLine}${columns},title=${property(`netpol(${found.id})`)}::${data(found.message)}\n`;
    })
    .join('');
}

/** Source: OASIS SARIF 2.1.0. */
function sarif({ findings }: Report): string {
  const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', information: 'note', hint: 'note' };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'netpol',
            version,
            rules: rules.map((rule) => ({
              id: rule.id,
              shortDescription: { text: rule.summary },
              defaultConfiguration: { level: levels[rule.severity] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((found) => ({
          ruleId: found.id,
          ruleIndex: rules.findIndex((rule) => rule.id === found.id),
          level: levels[found.severity],
          message: { text: found.message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: found.file.split('\\').join('/').split('/').map(encodeURIComponent).join('/') },
                region: { startLine: found.line, startColumn: found.column, endLine: found.endLine, endColumn: found.endColumn },
              },
            },
          ],
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const writers: Readonly<Record<Format, (report: Report) => string>> = {
  text,
  github,
  sarif,
  json: ({ findings }) => `${JSON.stringify(findings, null, 2)}\n`,
};

export const formatReport = (report: Report, format: Format): string => writers[format](report);
