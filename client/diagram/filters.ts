import type { DiagramFilter } from '../../server/src/protocol.ts';
import { byId } from './elements.ts';

/** The form of what the picture shows. */

/** Puts a filter into the form; `names` are the namespaces that there are, undefined where that is not known. */
export function showFilter(filter: DiagramFilter, names: readonly string[] | undefined): void {
  byId<HTMLSelectElement>('protocol').value = filter.protocol ?? '';
  byId<HTMLSelectElement>('direction').value = filter.direction ?? '';
  byId<HTMLInputElement>('dns').checked = !filter.withoutDns;
  byId<HTMLInputElement>('only-file').checked = filter.onlyFile === true;
  if (!names) return;
  byId('namespaces').replaceChildren(
    ...names.map((name) => {
      const label = document.createElement('label');
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.value = name;
      box.checked = filter.namespaces === undefined || filter.namespaces.includes(name);
      label.append(box, name.length > 60 ? `${name.slice(0, 59)}…` : name);
      return label;
    }),
  );
}

/** The filter that the form says, around the workload that the picture was narrowed to before. */
export function readFilter(around: string | undefined): DiagramFilter {
  const boxes = [...byId('namespaces').querySelectorAll('input')];
  const shown = boxes.filter(({ checked }) => checked).map(({ value }) => value);
  const [protocol, direction] = [byId<HTMLSelectElement>('protocol').value, byId<HTMLSelectElement>('direction').value];
  return {
    ...(shown.length < boxes.length ? { namespaces: shown } : {}),
    ...(protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP' ? { protocol } : {}),
    ...(direction === 'ingress' || direction === 'egress' ? { direction } : {}),
    ...(byId<HTMLInputElement>('dns').checked ? {} : { withoutDns: true }),
    ...(byId<HTMLInputElement>('only-file').checked ? { onlyFile: true } : {}),
    ...(around === undefined ? {} : { around }),
  };
}
