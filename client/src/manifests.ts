/** Languages whose files may be Kubernetes manifests. */
export const languages = ['yaml', 'helm', 'json', 'jsonc'] as const;

/** How much of a text is looked at, in UTF-16 code units; a manifest says what it is at its beginning. */
const looked = 100_000;

/**
 * Whether a text looks like a Kubernetes manifest: an `apiVersion` and a `kind` of the shape that Kubernetes has, or
 * that a template writes. So does what carries one: a chart's values, a playbook. A workflow or a Compose file does not. A colon
 * that was left out changes nothing.
 */
export function looksLikeManifest(text: string): boolean {
  const start = text.slice(0, looked);
  return (
    /(?:^|[{,])[ \t"'-]*apiVersion["']?[ \t:=]*["']?(?:([a-z0-9.-]+\/)?v\d|\{\{)/m.test(start) &&
    /(?:^|[{,])[ \t"'-]*kind["']?(?:[ \t]*[:=]|[ \t]+[A-Z])/m.test(start)
  );
}
