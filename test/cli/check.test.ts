import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program, runCli } from '../support/cli.ts';
import { policyOf } from '../support/cursor.ts';

let folder = '';

const good = policyOf('podSelector: {}\npolicyTypes: [Ingress]\n');
const bad = policyOf('podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]\n    ports:\n      - port: "80"\n').replace(
  'name: web',
  'name: bad',
);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netpol-cli-'));
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'good.yaml'), good);
  writeFileSync(join(folder, 'sub', 'bad.yaml'), bad);
  writeFileSync(join(folder, 'workflow.yaml'), 'name: CI\non: [push\n');
  writeFileSync(join(folder, 'binary.yaml'), Buffer.from([0, 1, 2, 3]));
});
afterAll(() => rmSync(folder, { recursive: true }));

const netpol = (args: readonly string[], input?: string) => runCli(folder, args, input === undefined ? {} : { input });

describe('netpol check', () => {
  test('a folder, as text with the line and carets', () => {
    const { status, stdout, stderr } = netpol(['check', '.']);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain('sub/bad.yaml:12:17 error netpol(invalid-port)\n');
    expect(stdout).toContain('12 |         - port: "80"\n   |                 ^^^^\n'.replace('       - port', '       - port'));
    expect(stdout).toMatch(/1 error in 2 manifests\. 1 finding can be mended with --fix\.\n$/);
    expect(stdout).not.toContain('\u001b[');
  });

  test('nothing wrong', () => {
    expect(netpol(['check', 'good.yaml'])).toEqual({ status: 0, stdout: 'No findings in 1 manifest.\n', stderr: '' });
  });

  test('colour where it is asked for, as on a terminal', () => {
    const { stdout } = spawnSync(process.execPath, [program, 'check', '.'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, FORCE_COLOR: '1', NO_COLOR: '' },
    });
    expect(stdout).toContain('\u001b[31merror\u001b[');
  });

  test('JSON: an array of exactly these fields, 1-based, end exclusive', () => {
    const { status, stdout } = netpol(['check', '.', '-o', 'json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual([
      { file: 'sub/bad.yaml', line: 12, column: 17, endLine: 12, endColumn: 21, severity: 'error', id: 'invalid-port', message: expect.any(String) },
    ]);
    expect(JSON.parse(netpol(['check', 'good.yaml', '-o', 'json']).stdout)).toEqual([]);
  });

  test('SARIF', () => {
    const log = JSON.parse(netpol(['check', '.', '--output', 'sarif']).stdout);
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    const [result] = run.results;
    expect(result).toMatchObject({
      ruleId: 'invalid-port',
      level: 'error',
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'sub/bad.yaml' }, region: { startLine: 12, startColumn: 17, endLine: 12, endColumn: 21 } } },
      ],
    });
    expect(run.tool.driver.rules[result.ruleIndex].id).toBe('invalid-port');
  });

  test('GitHub annotations', () => {
    expect(netpol(['check', '.', '-o', 'github']).stdout).toMatch(
      /^::error file=sub\/bad\.yaml,line=12,endLine=12,col=17,endColumn=21,title=netpol\(invalid-port\)::"80" is not a valid port: .*\n$/,
    );
  });

  test('standard input', () => {
    const { status, stdout } = netpol(['check', '-', '-o', 'json'], bad);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([{ file: '-', line: 12 }]);
    expect(netpol(['check', '-'], '').status).toBe(0);
  });

  test('severities', () => {
    expect(netpol(['check', '.', '--rule', 'invalid-port=warning']).status).toBe(0);
    expect(netpol(['check', '.', '--rule', 'invalid-port=off']).stdout).toContain('No findings');
  });

  test('severities and engine from .netpol.yaml files, the nearest first, and options before all', () => {
    writeFileSync(join(folder, '.netpol.yaml'), 'rules:\n  api-server: warning\nengine: flannel\n');
    const found = (...options: string[]) =>
      JSON.parse(netpol(['check', '.', '-o', 'json', ...options]).stdout).map(
        ({ id, severity }: { id: string; severity: string }) => `${severity} ${id}`,
      );
    expect(found()).toEqual(['warning engine-not-enforcing', 'warning engine-not-enforcing', 'warning invalid-port']);
    writeFileSync(join(folder, 'sub', '.netpol.yaml'), 'rules: {invalid-port: hint, engine: off}\n');
    expect(found()).toEqual(['warning engine-not-enforcing', 'hint invalid-port']);
    expect(found('--engine', 'calico', '--rule', 'invalid-port=off')).toEqual([]);
    rmSync(join(folder, '.netpol.yaml'));
    rmSync(join(folder, 'sub', '.netpol.yaml'));
  });

  test('the same resource in two files', () => {
    writeFileSync(join(folder, 'again.yaml'), good);
    const { stdout } = netpol(['check', '.', '-o', 'json']);
    rmSync(join(folder, 'again.yaml'));
    expect(JSON.parse(stdout).filter(({ id }: { id: string }) => id === 'duplicate-resource')).toHaveLength(2);
  });

  test.each([
    ['a path that does not exist', ['check', 'nowhere.yaml'], 'nowhere.yaml does not exist'],
    ['a binary file by name', ['check', 'binary.yaml'], 'binary.yaml cannot be read as text'],
    ['an unknown format', ['check', '.', '-o', 'xml'], "argument 'xml' is invalid"],
    ['an unknown option', ['check', '.', '--nonsense'], "unknown option '--nonsense'"],
    ['an unknown rule', ['check', '.', '--rule', 'nonsense=off'], 'There is no rule "nonsense"'],
    ['no path', ['check'], "missing required argument 'path'"],
  ])('exit code 2 for %s', (_, args, message) => {
    const { status, stdout, stderr } = netpol(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('a file that is too large is named, and the rest looked at', () => {
    const large = join(folder, 'sub', 'large.yaml');
    writeFileSync(large, '');
    // Takes no room on the disk.
    truncateSync(large, 51 << 20);
    const [checked, listed] = [netpol(['check', 'sub', '-o', 'json']), netpol(['list', '.'])];
    rmSync(large);
    expect(JSON.parse(checked.stdout)).toBeInstanceOf(Array);
    for (const { status, stderr } of [checked, listed]) {
      expect(status).toBe(2);
      expect(stderr).toContain('netpol: sub/large.yaml was not read: it is larger than 50 MB.');
    }
  });

  test('help and version', () => {
    expect(netpol(['--version'])).toMatchObject({ status: 0, stdout: `${JSON.parse(readFileSync('package.json', 'utf8')).version}\n` });
    expect(netpol(['check', '--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('Exit codes') });
  });

  test('--fix mends the file and leaves the rest of it alone', () => {
    const text = `# kept   \r\n${bad.replaceAll('\n', '\r\n')}`;
    writeFileSync(join(folder, 'fix.yaml'), text);
    const { status, stdout } = netpol(['check', 'fix.yaml', '--fix']);
    const mended = readFileSync(join(folder, 'fix.yaml'), 'utf8');
    rmSync(join(folder, 'fix.yaml'));
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'No findings in 1 manifest.\n' });
    expect(mended).toBe(text.replace('"80"', '80'));
  });

  test('--fix on standard input writes the mended text to standard output', () => {
    expect(netpol(['check', '-', '--fix'], bad)).toEqual({ status: 0, stdout: bad.replace('"80"', '80'), stderr: 'No findings in 1 manifest.\n' });
  });

  test('a reader that goes away is no error', () => {
    const { status } = spawnSync('sh', ['-c', `"${process.execPath}" "${program}" check . -o sarif | head -c 10`], { cwd: folder });
    expect(status).toBe(0);
  });
});
