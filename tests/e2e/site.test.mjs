import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startGate } from './support/gate.mjs';
import { scenario } from './support/scenario.mjs';
import { armed, tapOffer } from './support/sheet.mjs';

let gate;
before(async () => { gate = await startGate({ args: ['--demo'] }); });
after(() => gate?.stop());

const LANTERNS = '/series/paper-lanterns/series.json';
const failures = (stage) => stage.console.filter((line) => line.startsWith('error') || line.startsWith('warning'));

for (const [where, desktop] of [['a phone', false], ['a desktop', true]]) {
  scenario(`the demo page plays on ${where} by itself and asks nobody else for anything`, async ({ open }) => {
    const stage = await open({ url: `${gate.url}/`, desktop });
    const foreign = [];
    stage.page.on('request', (request) => { if (new URL(request.url()).origin !== gate.url && !request.url().startsWith('data:')) foreign.push(request.url()); });
    await stage.playing(1, { seconds: 1 });
    assert.deepEqual(foreign, []);
    assert.deepEqual(failures(stage), []);
    const { wide, filled } = await stage.eval(() => {
      const box = document.querySelector('cliffhanger-player').getBoundingClientRect();
      return { wide: document.documentElement.scrollWidth > innerWidth, filled: box.width === innerWidth && box.height === innerHeight && box.top === 0 };
    });
    assert.equal(wide, false, 'nothing is wider than the screen');
    assert.equal(filled, !desktop, 'on a phone the player is the screen');
  });
}

scenario('on a desktop the embed code can be copied', async ({ open }) => {
  const stage = await open({ url: `${gate.url}/`, desktop: true });
  await stage.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await stage.page.getByRole('button', { name: 'Copy' }).first().click();
  await stage.page.getByRole('button', { name: 'Copied' }).waitFor();
  const text = await stage.eval(() => navigator.clipboard.readText());
  assert.match(text, /^<script type="module" src="\/cliffhanger\/cliffhanger\.js"><\/script>\n<cliffhanger-player /);
});

scenario('on the open-access page the slider moves the wall, and the page answers unlock requests', async ({ open }) => {
  const stage = await open({ url: `${gate.url}/open.html`, desktop: true });
  await stage.playing(1);
  await stage.call('goTo', 3);
  assert.equal((await stage.event('paywallopen')).detail.episode.n, 3);
  const slider = stage.page.getByRole('slider', { name: /free episodes/i });
  await slider.fill('3');
  await stage.playing(3);
  await slider.fill('1');
  await stage.until(() => document.querySelector('cliffhanger-player').access === 'locked');
  await armed(stage);
  await stage.page.locator('cliffhanger-player [part~="offer"] button').first().click();
  await stage.playing(3);
  await stage.page.getByText('unlockrequest: episode 3').waitFor();
});

scenario('with its box cleared the open-access page answers nothing', async ({ open }) => {
  const stage = await open({ url: `${gate.url}/open.html` });
  await stage.playing(1);
  await stage.page.getByRole('checkbox', { name: /answers unlock requests/i }).uncheck();
  await stage.call('goTo', 3);
  await armed(stage);
  await tapOffer(stage);
  assert.equal((await stage.event('error')).detail.code, 'unlock-unanswered');
  assert.equal(await stage.get('access'), 'locked');
});

scenario('the iframe page plays the series it is given, with the attributes it is given', async ({ open }) => {
  const stage = await open({ url: `${gate.url}/embed.html?series=${encodeURIComponent(LANTERNS)}&free-episodes=4&episode=4&onerror=alert(1)&src=x` });
  await stage.playing(4);
  assert.deepEqual(await stage.eval(() => document.querySelector('cliffhanger-player').getAttributeNames().sort()), ['autoplay', 'episode', 'free-episodes', 'muted', 'src']);
  assert.equal(await stage.page.title(), 'Paper Lanterns');
  await stage.call('next');
  assert.equal((await stage.event('paywallopen')).detail.episode.n, 5);
});

for (const bad of ['', 'javascript:alert(1)', 'data:application/json,{}', 'http://elsewhere.example/series.json', 'https://user:pass@elsewhere.example/series.json', 'blob:null/1', 'file:///etc/passwd']) {
  scenario(`the iframe page does not load ${bad || 'nothing'}`, async ({ open }) => {
    const stage = await open({ url: `${gate.url}/embed.html?series=${encodeURIComponent(bad)}` });
    await stage.page.getByRole('alert').waitFor();
    assert.equal(await stage.eval(() => document.querySelectorAll('cliffhanger-player').length), 0);
  });
}
