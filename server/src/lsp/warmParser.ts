import { parsingInFull } from '../syntax/parseDocument.ts';
import { pause, Slice } from './pause.ts';

/** A policy in which a line is being typed. */
const halfTyped = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
spec:
  podSelector:
    matchLabels:
      app: web
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector: {matchLabels: {app: "client"}}
      po
`;

/** After so many texts the parser takes as long as it does later. */
const rounds = 20;

/**
 * Runs the parser of the whole language, little by little and while `isBusy` says that nothing else is to be done, until its code is quick.
 * What is finished is read line by line, so that whoever types would be the first to need it: the first text of a process takes it 17 ms and
 * each of the next ten 4, where later it is 0.5. May be called again where it was busy; does no more than that in all.
 */
export function parserWarmer(isBusy: () => boolean): () => Promise<void> {
  let left = rounds;
  return async () => {
    // Whoever calls has just done a slice of its own.
    await pause();
    const slice = new Slice();
    for (; left > 0 && !isBusy(); left--) {
      await slice.through(parsingInFull(halfTyped, false));
      await slice.rest();
    }
  };
}
