import assert from 'node:assert/strict';
import { player, scenario } from './support/scenario.mjs';
import { OFFERS, series } from './support/series.mjs';

const style = (stage, part, property) => stage.eval((name, what) => getComputedStyle(document.querySelector('cliffhanger-player').shadowRoot.querySelector(`[part~="${name}"]`))[what], part, property);

scenario('colours, corners and letters are the page\'s to choose, and every part can be reached', async ({ origin, open }) => {
  const parts = ['viewport', 'slide', 'video', 'poster', 'controls', 'progress', 'time', 'button', 'menu', 'paywall', 'offer', 'price', 'end', 'error'];
  const stage = await open({
    body: player(origin, series({ count: 4, free: 2, offers: OFFERS }), 'autoplay muted episode="3"'),
    head: `<style>cliffhanger-player { --cliffhanger-paywall-background: rgb(1, 2, 3); --cliffhanger-radius: 4px; --cliffhanger-font-family: monospace; --cliffhanger-text-color: rgb(250, 240, 230) }
      ${parts.map((part, at) => `cliffhanger-player::part(${part}) { outline: ${at + 1}px dotted rgb(9, 9, 9) }`).join('\n')}</style>`,
  });
  await stage.untilShows('paywall');
  assert.equal(await style(stage, 'paywall', 'backgroundColor'), 'rgb(1, 2, 3)');
  assert.equal(await style(stage, 'paywall', 'color'), 'rgb(250, 240, 230)');
  assert.equal(await style(stage, 'offer', 'borderRadius'), '4px');
  assert.match(await style(stage, 'price', 'fontFamily'), /monospace/);
  await stage.page.getByRole('button', { name: 'Close' }).tap();
  await stage.page.getByRole('button', { name: 'More', exact: true }).tap();
  await stage.untilShows('menu');
  for (const [at, part] of parts.entries()) assert.equal(await style(stage, part, 'outlineWidth'), `${at + 1}px`, part);
});

scenario('sheets are dark, unless the page says that they may be light', async ({ origin, open }) => {
  const body = player(origin, series({ count: 4, free: 2, offers: OFFERS }), 'autoplay muted episode="3"');
  const ground = async (head, colorScheme) => {
    const stage = await open({ body, head });
    await stage.page.emulateMedia({ colorScheme });
    await stage.untilShows('paywall');
    await stage.until(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('[role=feed]').hasAttribute('aria-label'));
    return style(stage, 'paywall', 'backgroundColor');
  };
  assert.equal(await ground('', 'light'), 'rgb(23, 23, 29)');
  const both = '<style>cliffhanger-player { color-scheme: light dark }</style>';
  assert.equal(await ground(both, 'light'), 'rgb(255, 255, 255)');
  assert.equal(await ground(both, 'dark'), 'rgb(23, 23, 29)');
});

for (const theme of ['paper', 'cinema']) {
  scenario(`the example theme "${theme}" plays and shows its wall`, async ({ origin, open }) => {
    const stage = await open({ url: `${origin.url}/examples/theme-${theme}/` });
    await stage.playing(1);
    await stage.call('goTo', 4);
    await stage.untilShows('paywall');
    assert.deepEqual(stage.console.filter((line) => /^(error|warning)/.test(line)), []);
  });
}

scenario('a page brings its own controls with no-ui', async ({ origin, open }) => {
  const stage = await open({ url: `${origin.url}/examples/theme-controls/` });
  await stage.playing(1);
  assert.equal(await stage.shows('controls'), false);
  await stage.page.getByRole('button', { name: 'Next episode' }).tap();
  await stage.playing(2);
  await stage.page.getByRole('button', { name: 'Play' }).tap();
  await stage.until(() => document.querySelector('cliffhanger-player').paused);
  await stage.until(() => /^2\. /.test(document.querySelector('#title').textContent));
});
