// The iframe page, asked and heard by a page of another origin.
import assert from 'node:assert/strict';
import { Origin } from './support/origin.mjs';
import { scenario } from './support/scenario.mjs';
import { OFFERS, series } from './support/series.mjs';

/** The page around the frame: keeps what it is told, and can ask. */
const HOST = (frame, there) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>host</title><link rel="icon" href="data:,">
<style>body{margin:0}iframe{border:0;width:390px;height:700px;display:block}</style>
<iframe src="${frame}" allow="autoplay"></iframe>
<script>
  window.told = [];
  const frame = document.querySelector('iframe');
  addEventListener('message', ({ origin, source, data }) => {
    if (origin !== '${there}' || source !== frame.contentWindow) return;
    window.told.push(JSON.parse(data));
  });
  window.ask = (message) => frame.contentWindow.postMessage(JSON.stringify({ context: 'player.js', version: '0.0.11', ...message }), '${there}');
  let last = 0;
  window.call = (method, value) => new Promise((resolve) => {
    const listener = 'l' + (last += 1);
    const look = () => {
      const answer = window.told.find((message) => message.listener === listener);
      if (answer) resolve(answer.value); else setTimeout(look, 10);
    };
    window.ask({ method, value, listener });
    look();
  });
</script></html>`;

/** A host of its own origin around a frame of `origin`. `query` is added to the frame's address. */
async function framed({ origin, open }, manifest, query, body) {
  const host = await Origin.start();
  try {
    origin.put('/series.json', manifest);
    const frame = `${origin.url}/embed.html?series=/series.json&no-resume&no-auto-advance${query(host.url)}`;
    const stage = await open({ url: host.put('/host.html', HOST(frame, origin.url)), record: false });
    await body(stage, host);
  } finally {
    await host.stop();
  }
}

const told = (stage, event) => stage.until((name) => window.told.find((message) => message.event === name), { args: [event], what: `the host is told ${event}` });
const call = (stage, method, value) => stage.eval((name, argument) => window.call(name, argument), method, value);
const ask = (stage, message) => stage.eval((what) => window.ask(what), message);

scenario('a page around the iframe asks and is told, in the words of player.js', (all) => framed(all, series({ count: 5, free: 9 }), () => '', async (stage) => {
  const hello = await told(stage, 'ready');
  assert.equal(hello.context, 'player.js');
  assert.equal(hello.api, 'cliffhanger/1');
  for (const method of ['play', 'pause', 'getCurrentTime', 'goTo', 'grant', 'addEventListener']) assert.ok(hello.value.methods.includes(method), method);
  for (const event of ['timeupdate', 'episodechange', 'paywallopen']) await ask(stage, { method: 'addEventListener', value: event });
  const moving = await told(stage, 'timeupdate');
  assert.ok(moving.value.duration > 1);
  assert.equal(await call(stage, 'goTo', 3), true);
  const { value } = await told(stage, 'episodechange');
  assert.deepEqual([value.episode.n, value.previous.n, value.cause], [3, 1, 'api']);
  assert.equal((await call(stage, 'getEpisode')).id, 'e003');
  assert.equal((await call(stage, 'getEpisodes')).length, 5);
  await call(stage, 'setVolume', 30);
  assert.equal(await call(stage, 'getVolume'), 30);
  await call(stage, 'pause');
  assert.equal(await call(stage, 'getPaused'), true);
  assert.equal(await call(stage, 'getMuted'), true);
  assert.equal(await call(stage, 'goTo', 99), false);
  // What it has stopped listening to it is not told.
  await ask(stage, { method: 'removeEventListener', value: 'episodechange' });
  const before = await stage.eval(() => window.told.filter((message) => message.event === 'episodechange').length);
  await call(stage, 'next');
  await call(stage, 'getEpisode');
  assert.equal(await stage.eval(() => window.told.filter((message) => message.event === 'episodechange').length), before);
}));

scenario('a page around the iframe answers an unlock request with a grant', (all) => framed(all, series({ count: 4, free: 1, mode: 'host', offers: OFFERS }), (host) => `&origin=${host}`, async (stage) => {
  await told(stage, 'ready');
  for (const event of ['paywallopen', 'unlockrequest', 'accesschange']) await ask(stage, { method: 'addEventListener', value: event });
  await call(stage, 'goTo', 2);
  const wall = await told(stage, 'paywallopen');
  assert.deepEqual(wall.value.offers.map((offer) => offer.id), ['ep-coins', 'rest']);
  const frame = stage.page.frameLocator('iframe');
  const offer = frame.locator('cliffhanger-player [part~="offer"] button').first();
  await offer.waitFor();
  // The sheet takes no tap in its first 0.8 s: tap until it was taken.
  for (;;) {
    await offer.tap();
    if (await stage.eval(() => window.told.some((message) => message.event === 'unlockrequest'))) break;
  }
  const asked = await told(stage, 'unlockrequest');
  assert.equal(asked.value.episode.id, 'e002');
  await call(stage, 'grant', { id: 'e002', grant: true });
  await stage.until(() => window.told.some((message) => message.event === 'accesschange' && message.value.access === 'granted'));
}));

scenario('the iframe page hears nobody but its parent, of the origin that its address names', (all) => framed(all, series({ count: 4, free: 9 }), () => '&origin=https://somebody.example', async (stage) => {
  await stage.page.frameLocator('iframe').locator('cliffhanger-player').waitFor({ state: 'attached' });
  const inside = stage.page.frames().find((frame) => frame.url().includes('/embed.html'));
  await inside.waitForFunction(() => document.querySelector('cliffhanger-player').isReady);
  await ask(stage, { method: 'goTo', value: 3 });
  await ask(stage, { method: 'addEventListener', value: 'timeupdate' });
  await inside.waitForFunction(() => document.querySelector('cliffhanger-player').currentTime > 0.3);
  assert.equal(await inside.evaluate(() => document.querySelector('cliffhanger-player').currentEpisode.n), 1);
  assert.deepEqual(await stage.eval(() => window.told), []);
}));

scenario('another frame of the page cannot talk to the player, nor can nonsense', (all) => framed(all, series({ count: 4, free: 9 }), () => '', async (stage, host) => {
  await told(stage, 'ready');
  const sibling = host.put('/sibling.html', `<script>
    parent.frames[0].postMessage(JSON.stringify({ context: 'player.js', method: 'goTo', value: 3 }), '*');
    parent.postMessage('sent', '*');
  </script>`);
  await stage.eval((url) => new Promise((resolve) => {
    addEventListener('message', ({ data }) => data === 'sent' && resolve());
    const frame = document.createElement('iframe');
    frame.src = url;
    document.body.append(frame);
  }), sibling);
  for (const nonsense of [
    'x', '{', 'null', '7', '{"context":"player.js"}', '{"context":"player.js","method":"constructor"}', '{"context":"player.js","method":"__proto__"}',
    '{"context":"player.js","method":"destroy"}', '{"context":"player.js","method":"addEventListener","value":"toString"}', '{"context":"other","method":"goTo","value":3}',
    '{"context":"player.js","api":"cliffhanger/2","method":"goTo","value":3}', '{"context":"player.js","method":"grant"}',
  ]) await stage.eval((text) => frame.contentWindow.postMessage(text, '*'), nonsense);
  assert.equal((await call(stage, 'getEpisode')).n, 1);
  assert.equal(await call(stage, 'next'), true, 'and it is well');
}));

scenario('the player fills a frame that changes its size, and stays on its episode', (all) => framed(all, series({ count: 5, free: 9 }), () => '', async (stage) => {
  await told(stage, 'ready');
  await ask(stage, { method: 'addEventListener', value: 'resize' });
  await call(stage, 'goTo', 3);
  const inside = stage.page.frames().find((frame) => frame.url().includes('/embed.html'));
  for (const [width, height] of [[200, 356], [390, 500], [320, 700]]) {
    await stage.eval((w, h) => Object.assign(document.querySelector('iframe').style, { width: `${w}px`, height: `${h}px` }), width, height);
    await stage.until((w) => window.told.some(({ event, value }) => event === 'resize' && value.width === w), { args: [width], what: `the host is told ${width}` });
    await inside.waitForFunction(([w, h]) => {
      const player = document.querySelector('cliffhanger-player');
      const box = player.getBoundingClientRect();
      const [viewport] = player.shadowRoot.querySelectorAll('[part~="viewport"]');
      return box.width === w && box.height === h && Math.abs(viewport.scrollTop / h - 2) < 0.02 && document.documentElement.scrollWidth <= w;
    }, [width, height]);
    assert.equal((await call(stage, 'getEpisode')).n, 3);
  }
  const last = await stage.eval(() => window.told.filter(({ event }) => event === 'resize').at(-1).value);
  assert.equal(last.wanted, Math.round((320 * 16) / 9));
}));
