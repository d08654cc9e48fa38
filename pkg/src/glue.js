// What is generated: a file of its own, fetched together with the wasm, so that the script a page begins with stays small.
export { Controller, begin, imports } from 'cliffhanger:glue';

/** The script this runs from, as stack traces name it. */
export const here = /\b[\w-]+:\/\/[^\s)]+?(?=:\d+)/.exec(new Error().stack ?? '')?.[0];
