import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { PLAYER } from './support/paths.mjs';
import { player, scenario } from './support/scenario.mjs';
import { OFFERS, series } from './support/series.mjs';

const feed = (origin, attributes = 'autoplay muted', over = {}) => player(origin, series({ count: 12, free: 6, offers: OFFERS, ...over }), attributes);
const named = (stage, letter, name) => stage.until((control, wanted) => document.querySelector('cliffhanger-player').shadowRoot.querySelector(`[data-do="${control}"]`)?.getAttribute('aria-label') === wanted, { args: [letter, name], what: name });

for (const [lang, episodes] of Object.entries({ es: 'Episodios', pt: 'Episódios', fr: 'Épisodes', de: 'Folgen', nl: 'Afleveringen', id: 'Episode', ja: 'エピソード', ko: '회차', zh: '选集', ar: 'الحلقات' })) {
  scenario(`the player speaks the page's language: ${lang}`, async ({ origin, open }) => {
    const stage = await open({ body: feed(origin), lang: `${lang}-XX` });
    await stage.playing(1);
    await named(stage, 'e', episodes);
    assert.deepEqual(origin.paths(/\/lang\//), [`/cliffhanger/lang/${lang}.txt`]);
  });
}

scenario('a page in English, or in a language the player does not know, loads no other', async ({ origin, open }) => {
  for (const lang of ['en-GB', 'sv', 'deu']) {
    const stage = await open({ body: feed(origin), lang });
    await stage.playing(1);
    await named(stage, 'e', 'Episodes');
  }
  assert.deepEqual(origin.paths(/\/lang\//), []);
});

scenario('the closest lang attribute counts', async ({ origin, open }) => {
  const stage = await open({ body: `<div lang="es">${feed(origin)}</div>`, lang: 'de' });
  await stage.playing(1);
  await named(stage, 'e', 'Episodios');
});

scenario('until its words have come, and when they do not come, it is English, and plays', async ({ origin, open }) => {
  let come;
  origin.rule(/lang\/fr\.txt$/, { gate: new Promise((resolve) => { come = resolve; }) });
  origin.rule(/lang\/de\.txt$/, { status: 404 });
  origin.rule(/lang\/nl\.txt$/, { body: 'ffffffff\nfrom\nanother\nbuild', type: 'text/plain' });
  for (const lang of ['fr', 'de', 'nl']) {
    const stage = await open({ body: feed(origin), lang });
    await stage.playing(1);
    await named(stage, 'e', 'Episodes');
    if (lang !== 'fr') continue;
    come();
    await named(stage, 'e', 'Épisodes');
  }
});

scenario('in Arabic counts have their forms, the layout is mirrored, and the time is not', async ({ origin, open }) => {
  const offers = { ...OFFERS, 'ep-coins': { ...OFFERS['ep-coins'], coins: 3 } };
  const stage = await open({ body: `<div dir="rtl">${feed(origin, 'autoplay muted', { offers })}</div>`, lang: 'ar' });
  await stage.playing(1);
  await named(stage, 'e', 'الحلقات');
  const [rail, time] = await stage.eval(() => {
    const root = document.querySelector('cliffhanger-player').shadowRoot;
    return [root.querySelector('.rail').getBoundingClientRect().left, getComputedStyle(root.querySelector('.time')).direction];
  });
  assert.ok(rail < 30, `the rail is at ${rail}`);
  assert.equal(time, 'ltr');
  await stage.call('goTo', 7);
  await stage.untilShows('paywall');
  await stage.until(() => /[3٣] عملات/.test(document.querySelector('cliffhanger-player').shadowRoot.querySelector('[part~="price"]').textContent), { what: 'three coins in the form for a few' });
});

scenario('a language costs those who do not speak it nothing, and those who do little', async () => {
  const folder = path.join(PLAYER, 'lang');
  const files = fs.readdirSync(folder);
  assert.equal(files.length, 10);
  for (const file of files) {
    const size = zlib.brotliCompressSync(fs.readFileSync(path.join(folder, file))).length;
    assert.ok(size < 3000, `${file} is ${size} bytes`);
  }
});
