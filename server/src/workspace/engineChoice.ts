import { type Engine, engines } from './engine.ts';
import type { Workspace } from './workspace.ts';

/** The engine that counts, and why. */
export interface EngineChoice {
  readonly engine: Engine | undefined;
  /** A clause for people: "as netpol.engine says", "apiVersion: cilium.io/v2 in policies.yaml". */
  readonly why: string;
}

/** Chooses the engine: what is set, else what the workspace's files agree on. */
export function chooseEngine(setting: Engine | 'auto', workspace: Workspace): EngineChoice {
  if (setting !== 'auto') return { engine: setting, why: 'as the settings say' };
  const signs = workspace.engineSigns();
  const [only] = signs;
  if (!only) return { engine: undefined, why: 'nothing in the workspace tells; netpol.engine may' };
  if (signs.length === 1) return { engine: only.engine, why: `${only.sign} in ${only.place}` };
  const all = signs.map(({ engine, place }) => `${engines[engine]} by ${place}`).join(', ');
  return { engine: undefined, why: `the workspace speaks of several (${all}); netpol.engine decides` };
}
