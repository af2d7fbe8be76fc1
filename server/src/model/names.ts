import { memoized } from './memoized.ts';

/**
 * The grammars of names. Each check gives undefined for a valid name, else what is wrong, to complete the sentence "… is not valid: ".
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go.
 */
export type NameCheck = (name: string) => string | undefined;

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedPart = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** DNS-1123 label: the name of a namespace, at most 63 characters. */
export const checkDnsLabel: NameCheck = (name) => {
  if (name.length > 63) return `it has ${name.length} characters, and at most 63 are allowed`;
  if (!dnsLabel.test(name)) return 'only lower-case letters, digits and "-" are allowed, with a letter or digit at both ends';
  return undefined;
};

/** DNS-1123 subdomain: labels joined by dots, at most 253 characters together. */
export const checkDnsSubdomain: NameCheck = memoized((name) => {
  if (name.length > 253) return `it has ${name.length} characters, and at most 253 are allowed`;
  if (!name.split('.').every((part) => dnsLabel.test(part)))
    return 'only lower-case letters, digits, "-" and "." are allowed, with a letter or digit at both ends of each part';
  return undefined;
});

function checkLabelPart(part: string, what: string): string | undefined {
  if (part.length > 63) return `the ${what} has ${part.length} characters, and at most 63 are allowed`;
  if (!qualifiedPart.test(part)) return `the ${what} must consist of letters, digits, "-", "_" and ".", with a letter or digit at both ends`;
  return undefined;
}

/** Label key: an optional DNS-subdomain prefix, "/", and a name of at most 63 characters. */
export const checkLabelKey: NameCheck = memoized((key) => {
  const parts = key.split('/');
  if (parts.length > 2) return 'only one "/" is allowed, between prefix and name';
  const name = parts.at(-1) as string;
  if (parts.length === 2) {
    const prefix = parts[0] as string;
    if (prefix === '') return 'the prefix before "/" is empty';
    const problem = checkDnsSubdomain(prefix);
    if (problem) return `of the prefix "${prefix}", ${problem}`;
  }
  if (name === '') return parts.length === 2 ? 'the name after "/" is empty' : 'it is empty';
  return checkLabelPart(name, 'name');
});

/** Label value: empty, or at most 63 characters. */
export const checkLabelValue: NameCheck = (value) => (value === '' ? undefined : checkLabelPart(value, 'value'));

/** IANA_SVC_NAME, the grammar of port names: at most 15 of a–z, 0–9 and "-". */
export const checkPortName: NameCheck = (name) => {
  if (name === '') return 'it is empty';
  if (name.length > 15) return `it has ${name.length} characters, and at most 15 are allowed`;
  if (!/^[-a-z0-9]+$/.test(name)) return 'only lower-case letters, digits and "-" are allowed';
  if (!/[a-z]/.test(name)) return 'it must contain at least one letter';
  if (name.includes('--')) return 'it must not contain "--"';
  if (name.startsWith('-') || name.endsWith('-')) return 'it must not begin or end with "-"';
  return undefined;
};

/** The nearest valid DNS name to `name`, or undefined where nothing of it would be left. `maximum` is the longest length allowed. */
export function suggestDnsName(name: string, check: NameCheck, maximum: number): string | undefined {
  const suggestion = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^-a-z0-9.]+/g, '-')
    .replace(check === checkDnsLabel ? /\./g : /\.{2,}/g, check === checkDnsLabel ? '-' : '.')
    .replace(/-*\.-*/g, '.')
    .slice(0, maximum)
    .replace(/^[-.]+|[-.]+$/g, '');
  return suggestion !== '' && suggestion !== name && check(suggestion) === undefined ? suggestion : undefined;
}
