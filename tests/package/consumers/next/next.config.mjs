import path from 'node:path';

export default {
  // The packages lie two folders up, where all consumers share them.
  turbopack: { root: path.resolve(import.meta.dirname, '../..') },
  // The consumer is plain JavaScript; nothing is to be asked of TypeScript.
  typescript: { ignoreBuildErrors: true },
};
