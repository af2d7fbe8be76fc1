/** Whether a text holds a Helm release, which makes resources that no manifest holds. Sources: fluxcd/helm-controller, k3s-io/helm-controller. */
export const holdsRelease = (text: string): boolean =>
  // Asked with every change of a large file: the word is found several times sooner than the lines.
  text.includes('Helm') && /^["']?kind["']?:[ \t]*["']?(HelmRelease|HelmChart|HelmChartConfig)["']?[ \t]*$/m.test(text);

/** The same of what else has resources made. Source: argoproj/argo-cd. */
const holdsApplication = (text: string): boolean =>
  text.includes('Application') && /^["']?kind["']?:[ \t]*["']?(Application|ApplicationSet)["']?[ \t]*$/m.test(text);

/** The files that have others make resources. */
export class Makers {
  /** By URI, whether they hold a Helm release. */
  private readonly uris = new Map<string, boolean>();

  /** Looks at a file's text, which is empty once it is gone; whether it counts otherwise than before. */
  set(uri: string, text: string): boolean {
    const isRelease = holdsRelease(text);
    const makes = isRelease || holdsApplication(text);
    const made = this.uris.has(uri);
    if (makes) this.uris.set(uri, isRelease);
    else this.uris.delete(uri);
    return makes !== made;
  }

  has(uri: string): boolean {
    return this.uris.has(uri);
  }

  some(test: (uri: string) => boolean): boolean {
    for (const uri of this.uris.keys()) if (test(uri)) return true;
    return false;
  }

  /** Those with a Helm release. */
  releases(): readonly string[] {
    return [...this.uris].flatMap(([uri, isRelease]) => (isRelease ? [uri] : []));
  }
}
