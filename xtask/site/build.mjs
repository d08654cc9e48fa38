// Builds what of www/ has to be built: `built.js` of the React and Vue examples, and docs/*.md as pages in www/docs/.
//
// The player itself is not bundled: the examples take the one at /cliffhanger/, as every other page of the site does.
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Marked } from 'marked';
import { compileScript, parse } from 'vue/compiler-sfc';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const examples = join(root, 'www/examples');

/** Single-file components with `<script setup>` and a template. */
const vue = {
  name: 'vue',
  setup({ onLoad }) {
    onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { descriptor, errors } = parse(await readFile(path, 'utf8'), { filename: path });
      if (errors.length > 0) return { errors: errors.map((error) => ({ text: error.message })) };
      const compilerOptions = { isCustomElement: (tag) => tag === 'cliffhanger-player' };
      const { content } = compileScript(descriptor, { id: 'app', inlineTemplate: true, templateOptions: { compilerOptions } });
      return { contents: content, loader: 'js', resolveDir: dirname(path) };
    });
  },
};

const define = {
  'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
};

for (const [folder, entry] of [['react', 'App.jsx'], ['vue', 'main.js']]) {
  await build({
    entryPoints: [join(examples, folder, entry)], outfile: join(examples, folder, 'built.js'), bundle: true, minify: true, format: 'esm', target: 'es2022',
    jsx: 'automatic', define, plugins: [vue], logLevel: 'warning', legalComments: 'eof', nodePaths: [join(here, 'node_modules')],
    banner: { js: "import '/cliffhanger/cliffhanger.js';" }, external: ['/cliffhanger/*'],
  });
}

// --- documentation ---

const docs = join(root, 'docs');
const out = join(root, 'www/docs');
const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const slug = (text) => text.toLowerCase().replace(/<[^>]+>|[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-');

const marked = new Marked({
  renderer: {
    heading({ tokens, depth, text }) {
      return `<h${depth} id="${slug(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    table(token) {
      return `<div class="table">${Object.getPrototypeOf(this).table.call(this, token)}</div>`;
    },
  },
});

const page = (title, body) => `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${escape(title)}: Cliffhanger</title>
  <link rel="icon" href="/mark.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/site.css">
</head>
<body class="docs">
  <main>
    <p class="name"><a href="/"><img src="/mark.svg" alt="" width="24" height="24"> Cliffhanger</a> <a href="/docs/">Documentation</a></p>
${body}
  </main>
</body>
</html>
`;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const contents = [];
for (const file of (await readdir(docs)).filter((name) => name.endsWith('.md')).sort()) {
  const text = await readFile(join(docs, file), 'utf8');
  const title = (/^# (.+)$/m.exec(text)?.[1] ?? basename(file, '.md')).replaceAll('`', '');
  // Between pages the links are to pages; what is not among them stays as text.
  const linked = text
    .replace(/\]\((?!https?:|#|\.\.|decisions\/)([\w-]+)\.md(#[\w-]*)?\)/g, '](/docs/$1.html$2)')
    .replace(/\[([^\]]+)\]\((?:\.\.\/|decisions\/)[^)]*\)/g, '$1');
  await writeFile(join(out, file.replace(/md$/, 'html')), page(title, marked.parse(linked)));
  contents.push(`<li><a href="/docs/${file.replace(/md$/, 'html')}">${escape(title)}</a></li>`);
}
for (const file of (await readdir(docs)).filter((name) => /\.(svg|png)$/.test(name))) await writeFile(join(out, file), await readFile(join(docs, file)));
await writeFile(join(out, 'index.html'), page('Documentation', `<h1>Documentation</h1>\n<ul>\n${contents.join('\n')}\n</ul>`));
