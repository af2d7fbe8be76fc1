import type { Direction } from '../model/policy.ts';
import type { PortSet } from '../model/portSet.ts';
import type { Selector } from '../model/selector.ts';
import type { CompiledPolicy } from './compile.ts';
import type { Applicable, Connectivity } from './connectivity.ts';
import type { Endpoint, Peer } from './endpoints.ts';

/**
 * Asks a connectivity, and remembers whose policies the answers came from: as long as those are as they were, and the
 * workloads too, asking again would give the same.
 */
export class Observer {
  readonly connectivity: Connectivity;
  private readonly classes = new Set<number>();
  private readonly namespaces = new Set<string>();

  constructor(connectivity: Connectivity) {
    this.connectivity = connectivity;
  }

  policiesOf(endpoint: Endpoint, direction: Direction): Applicable {
    this.classes.add(endpoint.index);
    return this.connectivity.policiesOf(endpoint, direction);
  }

  isIsolated(endpoint: Endpoint, direction: Direction): boolean {
    this.classes.add(endpoint.index);
    return this.connectivity.isIsolated(endpoint, direction);
  }

  side(endpoint: Endpoint, direction: Direction, peer: Peer): PortSet {
    this.classes.add(endpoint.index);
    return this.connectivity.side(endpoint, direction, peer);
  }

  policiesIn(namespace: string): readonly CompiledPolicy[] {
    this.namespaces.add(namespace);
    return this.connectivity.policiesIn(namespace);
  }

  policiesAround(namespace: string, selector: Selector): readonly CompiledPolicy[] {
    this.namespaces.add(namespace);
    return this.connectivity.policiesAround(namespace, selector);
  }

  /** Whether a later state of the same cluster would answer as this one did. */
  holdsFor(later: Connectivity): boolean {
    const { cluster, generation } = this.connectivity;
    if (later === this.connectivity) return true;
    const { workloads, namespaces, services, entrances, policies, addressSets, tiers } = later.cluster;
    if (
      later.cluster.lineage !== cluster.lineage ||
      workloads !== cluster.workloads ||
      namespaces !== cluster.namespaces ||
      services !== cluster.services ||
      entrances !== cluster.entrances ||
      addressSets !== cluster.addressSets ||
      tiers !== cluster.tiers ||
      (policies.length === 0) !== (cluster.policies.length === 0) ||
      later.clusterWideChange > generation
    )
      return false;
    for (const namespace of this.namespaces) if (later.namespaceChange(namespace) > generation) return false;
    for (const index of this.classes) if (later.changeOf(index) > generation) return false;
    return true;
  }
}
