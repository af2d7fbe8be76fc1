import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../server/src/rules/check.ts';
import { isConfig, readConfig } from '../../server/src/rules/config.ts';
import { Configs, type Effective } from '../../server/src/rules/configs.ts';
import { ignoreComments } from '../../server/src/rules/ignore.ts';
import { DocumentText } from '../../server/src/syntax/manifestText.ts';
import { noClusterCidrs } from '../../server/src/workspace/view.ts';

const read = (text: string) => readConfig(new DocumentText(text));

describe('.netpol.yaml', () => {
  test.each([
    ['.netpol.yaml', true],
    ['file:///w/.netpol.yaml', true],
    ['file:///w/a.netpol.yaml', false],
    ['file:///w/netpol.yaml', false],
  ])('%s is one: %s', (uri, is) => {
    expect(isConfig(uri)).toBe(is);
  });

  test('severities by rule and by category, as they are written', () => {
    expect(read('rules:\n  dns-blocked: error\n  posture: off\n  meaning: "hint"\n  open-to-world: information\n').rules).toEqual({
      'dns-blocked': 'error',
      posture: 'off',
      meaning: 'hint',
      'open-to-world': 'information',
    });
  });

  test('what is wrong has no effect, and is told', () => {
    const text =
      'rules:\n  dns-blocked: loud\n  no-such-rule: error\n  toString: error\nengine: rubbish\nclusterCidrs:\n  pods: [10.0.0.0/8, rubbish]\nmore: 1\n';
    expect(read(text)).toEqual({ rules: {}, engine: undefined, clusterCidrs: { ...noClusterCidrs, pods: ['10.0.0.0/8', 'rubbish'] } });
    expect(checkConfig(new DocumentText(text)).map(({ rule, at, severity }) => `${severity} ${rule.id} ${text.slice(at.start, at.end)}`)).toEqual([
      'error invalid-value loud',
      'error unknown-field no-such-rule',
      'error unknown-field toString',
      'error invalid-value rubbish',
      'error invalid-cidr rubbish',
      'error unknown-field more',
    ]);
  });

  test.each(['', '# nothing\n', '- a\n', 'rules: 5\n', 'rules:\n', 'engine:\n', ': ['])('of %j nothing is taken', (text) => {
    expect(read(text)).toEqual({ rules: {}, engine: undefined, clusterCidrs: undefined });
  });

  test('engines', () => {
    for (const engine of ['auto', 'cilium', 'calico', 'none']) expect(read(`engine: ${engine}\n`).engine).toBe(engine);
    expect(read('engine: Cilium\n').engine).toBeUndefined();
  });

  test('address ranges: those that are not named are none', () => {
    expect(read('clusterCidrs:\n  services: [10.96.0.0/12]\n  nodes: ["fd00::/8", 5]\n').clusterCidrs).toEqual({
      pods: [],
      services: ['10.96.0.0/12'],
      nodes: ['fd00::/8'],
    });
    expect(read('clusterCidrs: ~\n').clusterCidrs).toBeUndefined();
  });
});

describe('configurations of several folders', () => {
  const base: Effective = { rules: { posture: 'hint', 'dns-blocked': 'hint' }, engine: 'auto', clusterCidrs: noClusterCidrs };

  test('what is nearer wins, setting by setting', () => {
    const configs = new Configs();
    configs.set('file:///w/.netpol.yaml', 'engine: cilium\nrules: {dns-blocked: error, open-to-world: off}\nclusterCidrs: {pods: [10.0.0.0/8]}\n');
    configs.set('file:///w/apps/.netpol.yaml', 'rules: {open-to-world: warning}\nclusterCidrs: {nodes: [192.168.0.0/16]}\n');
    expect(configs.effective('file:///w/apps/deep/a.yaml', base)).toEqual({
      rules: { posture: 'hint', 'dns-blocked': 'error', 'open-to-world': 'warning' },
      engine: 'cilium',
      clusterCidrs: { pods: [], services: [], nodes: ['192.168.0.0/16'] },
    });
    expect(configs.effective('file:///w/other/a.yaml', base)).toEqual({
      rules: { posture: 'hint', 'dns-blocked': 'error', 'open-to-world': 'off' },
      engine: 'cilium',
      clusterCidrs: { pods: ['10.0.0.0/8'], services: [], nodes: [] },
    });
    expect(configs.effective('file:///elsewhere/a.yaml', base)).toBe(base);
  });

  test('the same settings are the same object, until a configuration changes', () => {
    const configs = new Configs();
    expect(configs.effective('file:///w/a.yaml', base)).toBe(base);
    configs.set('file:///w/.netpol.yaml', 'engine: cilium\n');
    const first = configs.effective('file:///w/a.yaml', base);
    expect(configs.effective('file:///w/b/c.yaml', base)).toBe(first);
    expect(configs.effective('file:///w/a.yaml', { ...base, rules: {} })).not.toBe(first);
    configs.set('file:///w/.netpol.yaml', 'engine: calico\n');
    expect(configs.effective('file:///w/a.yaml', base).engine).toBe('calico');
    configs.set('file:///w/.netpol.yaml', undefined);
    expect(configs.effective('file:///w/a.yaml', base)).toBe(base);
  });
});

describe('ignore comments', () => {
  /** The ids of each, what the comment says itself, and the lines that it is for. */
  const told = (text: string) =>
    ignoreComments(text).map(({ ids, start, end, from, to }) => [ids.join(), text.slice(start, end), text.slice(from, to)]);

  test('behind a value, above a line, above all', () => {
    expect(told('a: 1 # netpol-ignore one, two because of that\nb: 2\n')).toEqual([
      ['one,two', '# netpol-ignore one, two', 'a: 1 # netpol-ignore one, two because of that\n'],
    ]);
    expect(told('a: 1\n# netpol-ignore one\n\n# why\nb: 2\nc: 3\n')).toEqual([['one', '# netpol-ignore one', 'b: 2\n']]);
    const above = '# A file.\n---\n# netpol-ignore: one\na: 1\nb: 2\n';
    expect(told(above)).toEqual([['one', '# netpol-ignore: one', above]]);
    expect(told('\uFEFF%YAML 1.1\n---\n# netpol-ignore one\na: 1\n')[0]?.[2]).toContain('%YAML');
  });

  test('line breaks of Windows, the last line without one, and comments that nothing follows', () => {
    expect(told('a: 1\r\n  # netpol-ignore one\r\n\r\nb: 2\r\n')).toEqual([['one', '# netpol-ignore one', 'b: 2\r']]);
    expect(told('a: 1\nb: 2 # netpol-ignore one')).toEqual([['one', '# netpol-ignore one', 'b: 2 # netpol-ignore one']]);
    expect(told('a: 1\n# netpol-ignore one')).toEqual([['one', '# netpol-ignore one', '']]);
  });

  test('what is none', () => {
    for (const text of ['a: "x#netpol-ignore one"\n', 'a: x# netpol-ignore one\n', 'a: 1 # netpol-ignore\n', 'a: 1 # netpol-ignored one\n', 'a: 1\n'])
      expect(told(text), text).toEqual([]);
  });
});
