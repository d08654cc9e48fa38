import assert from 'node:assert/strict';
import { player, scenario } from './support/scenario.mjs';
import { series } from './support/series.mjs';

const feed = (origin, attributes) => player(origin, series({ count: 6 }), `free-episodes="999" ${attributes}`);
const audible = (stage) => stage.eval(() => {
  const element = document.querySelector('cliffhanger-player');
  return [...element.shadowRoot.querySelectorAll('video'), ...element.querySelectorAll('video')].filter((video) => !video.paused && !video.muted && video.volume > 0).length;
});

scenario('where the browser refuses sound the episode plays muted and one control says so', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin, 'autoplay') });
  await stage.playing(1);
  assert.equal(await stage.get('muted'), true, 'what is so, not what was wished for');
  await stage.page.getByRole('button', { name: /tap for sound/i }).waitFor();
  assert.equal(await stage.page.getByRole('button', { name: /tap for sound/i }).count(), 1);
});

scenario('after one tap for sound every later episode has sound', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin, 'autoplay') });
  await stage.playing(1);
  await stage.page.getByRole('button', { name: /tap for sound/i }).tap();
  await stage.until(() => document.querySelector('cliffhanger-player').muted === false);
  assert.equal(await audible(stage), 1);
  for (let n = 2; n <= 4; n += 1) {
    await stage.flingTo(n);
    await stage.playing(n);
    assert.equal(await stage.get('muted'), false, `episode ${n} has sound`);
    assert.equal(await audible(stage), 1);
  }
  assert.equal(await stage.page.getByRole('button', { name: /tap for sound/i }).count(), 0);
});

scenario('the muted attribute starts without sound, and the viewer can turn it on', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin, 'autoplay muted') });
  await stage.playing(1);
  assert.equal(await stage.get('muted'), true);
  assert.equal(await stage.eval(() => document.querySelector('cliffhanger-player').matches(':state(muted)')), true);
  await stage.page.getByRole('button', { name: /sound|unmute/i }).first().tap();
  await stage.until(() => document.querySelector('cliffhanger-player').muted === false);
  await stage.flingTo(2);
  await stage.playing(2);
  assert.equal(await stage.get('muted'), false);
});

scenario('without autoplay a poster and a play control wait for the viewer', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin, '') });
  await stage.event('ready');
  await stage.page.getByRole('button', { name: /^play/i }).first().waitFor();
  assert.equal(await stage.get('paused'), true);
  await stage.page.getByRole('button', { name: /^play/i }).first().tap();
  await stage.playing(1);
  assert.equal(await stage.get('muted'), false, 'the viewer asked for it: with sound');
});

scenario('autoplay refused altogether shows the play control, and one tap starts', async ({ origin, open }) => {
  const stage = await open({
    body: feed(origin, 'autoplay muted'),
    head: `<script>
      const play = HTMLMediaElement.prototype.play;
      window.refusing = true;
      HTMLMediaElement.prototype.play = function () {
        if (window.refusing) return Promise.reject(new DOMException('not now', 'NotAllowedError'));
        return play.call(this);
      };
      // Not navigator.userActivation: what drives this browser counts as an activation now and then.
      addEventListener('pointerdown', () => { window.refusing = false; }, true);
    </script>`,
  });
  await stage.page.getByRole('button', { name: /^play/i }).first().waitFor();
  assert.equal(await stage.get('paused'), true);
  await stage.page.getByRole('button', { name: /^play/i }).first().tap();
  await stage.playing(1);
});

scenario('of two players on a page only one plays', async ({ origin, open }) => {
  const one = feed(origin, 'id="one" autoplay muted no-keyboard');
  const stage = await open({
    body: `${one}${one.replace('id="one"', 'id="two"').replace('autoplay', '')}`,
    head: '<style>body{display:grid;grid-template-columns:1fr 1fr}cliffhanger-player{width:auto}</style>',
    desktop: true,
  });
  await stage.playing(1);
  await stage.until(() => document.querySelector('#two').isReady);
  await stage.eval(() => document.querySelector('#two').play());
  await stage.until(() => !document.querySelector('#two').paused && document.querySelector('#one').paused, { what: 'the second plays, the first stops' });
  await stage.eval(() => document.querySelector('#one').play());
  await stage.until(() => !document.querySelector('#one').paused && document.querySelector('#two').paused, { what: 'the first plays, the second stops' });
  assert.equal(origin.paths(/cliffhanger\.wasm$/).length, 1, 'one wasm for both');
});
