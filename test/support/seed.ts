import fc from 'fast-check';

/**
 * Properties draw the same cases in every run, so that a failure speaks of the change that was made and comes again. Other cases are
 * drawn with `NETPOL_SEED=2 npm run test:unit`; `npm run fuzz` searches for longer.
 */
fc.configureGlobal({ seed: Number(process.env.NETPOL_SEED ?? 1) });
