import { edgeLabel, type Layout, pillOf } from '../diagram/geometry.ts';
import type { SceneEdge } from '../diagram/scene.ts';
import { edgeInWords, namesOf, nodeInWords, noteOf } from '../diagram/svg.ts';
import type { DiagramArrow, DiagramPicture } from '../protocol.ts';
import type { placer } from './places.ts';

/** The same for the same flow in every version. */
const arrowId = ({ from, to, is, refusedAt, change }: SceneEdge): string => JSON.stringify([from, to, is, refusedAt, change]);

/** A layout as the client gets it: plain data, with places instead of origins. */
export function pictureOf(layout: Layout, namespaces: readonly string[], place: ReturnType<typeof placer>): DiagramPicture {
  const name = namesOf(layout.cards);
  const round = (value: number) => Math.round(value * 10) / 10;
  return {
    width: Math.ceil(layout.width),
    height: Math.ceil(layout.height),
    dense: layout.dense === true,
    namespaces,
    frames: layout.frames.map(({ namespace, ...box }) => ({ ...box, name: namespace.name, note: noteOf(namespace) })),
    cards: layout.cards.map(({ node, ...box }) => {
      const { id, is, kind, detail, pods, gates, end, origin, change, folded, ports } = node;
      const at = origin && place(`${kind} ${node.name}`, origin);
      return {
        ...box,
        ...{ id, is, kind, detail, pods, says: nodeInWords(node), name: folded > 0 ? `${node.name} +${folded}` : node.name },
        ...(gates ? { gates } : {}),
        ...(end === undefined ? {} : { end }),
        ...(at ? { place: at } : {}),
        ...(ports ? { ports } : {}),
        ...(change ? { change } : {}),
      };
    }),
    arrows: layout.arrows.map((arrow): DiagramArrow => {
      const { edge, path } = arrow;
      const { from, to, is, refusedAt, change } = edge;
      return {
        ...{ from, to, is, id: arrowId(edge), label: edgeLabel(edge), says: edgeInWords(edge, name), pill: pillOf(arrow) },
        path: path.flatMap(({ x, y }) => [round(x), round(y)]),
        places: edge.rules.flatMap((rule) => place(rule.name, rule.origin) ?? []),
        ...(refusedAt ? { refusedAt } : {}),
        ...(change ? { change } : {}),
      };
    }),
  };
}
