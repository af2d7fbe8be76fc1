/** Kinds that have resources made which no manifest of the workspace holds. Sources: fluxcd/helm-controller, k3s-io/helm-controller, argoproj/argo-cd. */
const makesResources = (text: string): boolean =>
  // Asked with every change of a large file: the words are found several times sooner than the lines.
  (text.includes('Helm') || text.includes('Application')) &&
  /^["']?kind["']?:[ \t]*["']?(HelmRelease|HelmChart|HelmChartConfig|Application|ApplicationSet)["']?[ \t]*$/m.test(text);

/** The files that have others make resources. */
export class Makers {
  private readonly uris = new Set<string>();

  /** Looks at a file's text, which is empty once it is gone; whether it counts otherwise than before. */
  set(uri: string, text: string): boolean {
    const makes = makesResources(text);
    if (makes === this.uris.has(uri)) return false;
    if (makes) this.uris.add(uri);
    else this.uris.delete(uri);
    return true;
  }

  has(uri: string): boolean {
    return this.uris.has(uri);
  }

  some(test: (uri: string) => boolean): boolean {
    for (const uri of this.uris) if (test(uri)) return true;
    return false;
  }
}
