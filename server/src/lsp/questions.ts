import type { Connection } from 'vscode-languageserver';
import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import { TargetError, targetOf } from '../connectivity/targets.ts';
import { podsInShort } from '../explain/lens.ts';
import { parseWanted, reach } from '../explain/reach.ts';
import { policiesAround } from '../features/newPolicies.ts';
import {
  type End,
  type EndsParams,
  type EndsResult,
  endsRequest,
  type NewPoliciesParams,
  type NewPoliciesResult,
  newPoliciesRequest,
  type ReachParams,
  type ReachResult,
  reachRequest,
} from '../protocol.ts';
import { writeYaml } from '../syntax/writeYaml.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { placer } from './places.ts';

/** Most workloads for which a policy is offered: more than anyone scrolls through, and made within a second. */
const mostOffered = 1000;

interface Deps {
  readonly open: OpenDocuments;
  view(uri: string): WorkspaceView;
  /** Runs a handler so that a failure is told and ends there. */
  guarded<T>(name: string, fallback: T, handler: () => T): T;
}

function endsOf({ endpoints, cluster }: Connectivity): readonly End[] {
  const workloads = new Map<string, End>();
  for (const { workload } of endpoints) {
    const name = `${workload.namespace}/${workload.owner?.name ?? workload.name}`;
    workloads.set(name, { name, detail: [workload.owner?.kind ?? workload.kind, podsInShort([workload])].filter(Boolean).join(', ') });
  }
  const services = cluster.services.map(({ value }) => ({
    name: `svc/${value.namespace}/${value.name}`,
    detail: ['Service', ...value.ports.map(({ protocol, port }) => `${protocol} ${port}`)].join(', '),
  }));
  return [...workloads.values(), ...services, { name: 'internet', detail: 'a public address that no policy names' }];
}

/** Answers what the client's commands ask of a file's cluster view: can A reach B, and which policies may be wanted. */
export function serveQuestions(connection: Connection, { open, view, guarded }: Deps): void {
  connection.onRequest(endsRequest, ({ uri }: EndsParams): EndsResult => guarded('Ends', [], () => endsOf(connectivityOf(view(uri).cluster))));

  connection.onRequest(
    newPoliciesRequest,
    ({ uri }: NewPoliciesParams): NewPoliciesResult =>
      guarded('New policies', [], () =>
        policiesAround(view(uri), mostOffered).map(({ purpose, label, detail, documentation, value }) => ({
          ...{ purpose, label, detail, documentation },
          text: writeYaml(value),
        })),
      ),
  );

  connection.onRequest(
    reachRequest,
    ({ uri, from, to, port }: ReachParams): ReachResult =>
      guarded('Reach', { problem: 'The question could not be answered; the log says why.', pairs: [] }, () => {
        const wanted = port === '' ? undefined : parseWanted(port);
        if (port !== '' && !wanted)
          return { problem: `"${port}" is no port: write a number from 1 to 65535, and /udp or /sctp behind it.`, pairs: [] };
        const connectivity = connectivityOf(view(uri).cluster);
        const place = placer(open);
        try {
          const pairs = reach(connectivity, targetOf(connectivity, from), targetOf(connectivity, to), wanted);
          return {
            pairs: pairs.map(({ allowed, reasons, ...names }) => ({
              question: `${names.from} => ${names.to}${names.port ? `, ${names.port}` : ''}`,
              allowed,
              reasons: reasons.map(({ side, text, origin }) => {
                const found = origin && place(text, origin);
                return { side, text, ...(found ? { place: found } : {}) };
              }),
            })),
          };
        } catch (error) {
          if (error instanceof TargetError) return { problem: error.message, pairs: [] };
          throw error;
        }
      }),
  );
}
