/** A count with its digits in groups, as English has it: 10,000. `toLocaleString` loads the tables of all languages, which takes as long as a dozen hovers. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
