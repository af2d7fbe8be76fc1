import type { Selector } from '../model/selector.ts';
import type { CompiledPolicy } from './compile.ts';

type Placed = readonly [place: number, policy: CompiledPolicy];

/** The one label value that a selector cannot do without, where it asks for one. */
const exactOf = (selector: Selector | undefined) => selector?.requirements.find(({ operator, values }) => operator === 'In' && values.length === 1);

/** The policies of a namespace, also by a label of the pods that they select. Asked once a policy: texts are looked up, never put together. */
export class PoliciesBySubject {
  private readonly policies: CompiledPolicy[] = [];
  private readonly withoutLabel: Placed[] = [];
  /** Key → value → policies. */
  private readonly byLabel = new Map<string, Map<string, Placed[]>>();

  /** In the order in which they were added. */
  get all(): readonly CompiledPolicy[] {
    return this.policies;
  }

  add(compiled: CompiledPolicy): void {
    const exact = exactOf(compiled.policy.subject.pods);
    this.listFor(exact?.key, exact?.values[0]).push([this.policies.length, compiled]);
    this.policies.push(compiled);
  }

  private listFor(key: string | undefined, value: string | undefined): Placed[] {
    if (key === undefined || value === undefined) return this.withoutLabel;
    const byValue = this.byLabel.get(key) ?? new Map<string, Placed[]>();
    this.byLabel.set(key, byValue);
    const list = byValue.get(value) ?? [];
    byValue.set(value, list);
    return list;
  }

  /** Policies among which are all that select whatever a selector selects: those that need no label, and those that ask for one of its own. */
  around({ requirements }: Selector): readonly CompiledPolicy[] {
    const lists = this.withoutLabel.length > 0 ? [this.withoutLabel] : [];
    for (const { key, operator, values } of requirements) {
      const asking = operator === 'In' && values.length === 1 ? this.byLabel.get(key)?.get(values[0] as string) : undefined;
      if (asking && !lists.includes(asking)) lists.push(asking);
    }
    const found = lists.length === 1 ? (lists[0] as readonly Placed[]) : lists.flat().sort(([a], [b]) => a - b);
    return found.map(([, compiled]) => compiled);
  }
}
