import { type DocumentText, type ManifestText, PerDocument } from '../syntax/manifestText.ts';
import { type Engine, type EngineEvidence, engineEvidence } from './engine.ts';

const signIn = new PerDocument<EngineEvidence | null>({ lasts: true });

/** What the files of a workspace say of its network plugin. A document is looked at once. */
export class EngineSigns {
  /** Of the files that say anything. */
  private readonly byFile = new Map<string, readonly EngineEvidence[]>();

  setManifest(uri: string, { documents }: ManifestText): void {
    const signs: EngineEvidence[] = [];
    for (const { document } of documents) {
      const sign = this.signOf(uri, document);
      if (sign) signs.push(sign);
    }
    this.note(uri, signs);
  }

  /** A file that holds no manifest: Terraform, Bicep, the values of a chart. */
  setOther(uri: string, text: string): void {
    const evidence = engineEvidence(uri, text);
    this.note(uri, evidence ? [evidence] : []);
  }

  /** Whether a file says anything. */
  has(uri: string): boolean {
    return this.byFile.has(uri);
  }

  delete(uri: string): void {
    this.byFile.delete(uri);
  }

  /** The first sign of each engine, with its file; in no particular order. */
  all(): readonly (EngineEvidence & { readonly uri: string })[] {
    const found = new Map<Engine, EngineEvidence & { readonly uri: string }>();
    for (const [uri, signs] of this.byFile) for (const sign of signs) if (!found.has(sign.engine)) found.set(sign.engine, { ...sign, uri });
    return [...found.values()];
  }

  private signOf(uri: string, document: DocumentText): EngineEvidence | undefined {
    let evidence = signIn.get(document);
    if (evidence === undefined) {
      evidence = engineEvidence(uri, document.text) ?? null;
      signIn.set(document, evidence);
    }
    return evidence ?? undefined;
  }

  private note(uri: string, signs: readonly EngineEvidence[]): void {
    if (signs.length > 0) this.byFile.set(uri, signs);
    else this.byFile.delete(uri);
  }
}
