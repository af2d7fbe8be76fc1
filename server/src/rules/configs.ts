import { DocumentText } from '../syntax/manifestText.ts';
import { folderOf } from '../workspace/clusterView.ts';
import type { Engine } from '../workspace/engine.ts';
import type { ClusterCidrs } from '../workspace/view.ts';
import { type Config, readConfig } from './config.ts';
import type { RuleSettings } from './ruleSettings.ts';

/** What settings and configurations say together for one file. */
export interface Effective {
  readonly rules: RuleSettings;
  readonly engine: Engine | 'auto';
  readonly clusterCidrs: ClusterCidrs;
}

/** The configurations of a workspace, by the folders that they lie in. Lives as long as whoever reads the files. */
export class Configs {
  private readonly byFolder = new Map<string, Config>();
  private readonly made = new Map<string, Effective>();

  /** Takes in a configuration's text; undefined where the file is gone. */
  set(uri: string, text: string | undefined): void {
    this.made.clear();
    if (text === undefined) this.byFolder.delete(folderOf(uri));
    else this.byFolder.set(folderOf(uri), readConfig(new DocumentText(text)));
  }

  /** Settings of a file: those of its nearest configuration first, then those of the folders above, then `base`. */
  effective(uri: string, base: Effective): Effective {
    if (this.byFolder.size === 0) return base;
    const found: Config[] = [];
    const folders: string[] = [];
    for (let folder = folderOf(uri); folder !== ''; folder = folderOf(folder)) {
      const config = this.byFolder.get(folder);
      if (config) {
        found.push(config);
        folders.push(folder);
      }
    }
    if (found.length === 0) return base;
    // The same object for the same settings, so that what was found under them stays.
    const key = `${folders.join('\n')}\n${JSON.stringify(base)}`;
    let effective = this.made.get(key);
    if (!effective) {
      effective = found.reduceRight<Effective>(
        (outer, { rules, engine, clusterCidrs }) => ({
          rules: { ...outer.rules, ...rules },
          engine: engine ?? outer.engine,
          clusterCidrs: clusterCidrs ?? outer.clusterCidrs,
        }),
        base,
      );
      this.made.set(key, effective);
    }
    return effective;
  }
}
