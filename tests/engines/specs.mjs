// What every engine must do: smoke and feed. `needs` names what an engine may lack (`gaps` in engines.mjs).
import assert from 'node:assert/strict';
import { byScript, playlists } from '../e2e/support/hls.mjs';
import { series } from '../e2e/support/series.mjs';

const COUNT = 9;
const BY_HAND = 'autoplay muted free-episodes="999" no-auto-advance no-resume';
const player = (origin, manifest, attributes, children = '') => {
  origin.put('/series.json', manifest);
  return `<cliffhanger-player src="/series.json" ${attributes}>${children}</cliffhanger-player>`;
};
const feed = (origin, attributes = BY_HAND) => player(origin, series({ count: COUNT }), attributes);
const changes = async (stage) => (await stage.seen('episodechange')).map(({ detail }) => [detail.previous.n, detail.episode.n, detail.cause]);

export const SPECS = [
  {
    title: 'the first episode plays muted by itself',
    async run({ origin, open }) {
      const stage = await open(feed(origin));
      await stage.playing(1);
      await stage.event('firstframe');
      assert.equal(await stage.get('muted'), true);
      assert.equal((await stage.videos()).filter((video) => !video.paused).length, 1);
    },
  },
  {
    title: 'an episode plays on, and so does the next',
    async run({ origin, open }) {
      const stage = await open(feed(origin));
      await stage.playing(1, { seconds: 3 });
      await stage.call('next');
      await stage.playing(2, { seconds: 3 });
      assert.deepEqual(await stage.seen('error'), []);
    },
  },
  {
    title: 'media comes by ranges, remuxed, and the next episode is prepared',
    needs: 'ranges',
    async run({ origin, open }) {
      const stage = await open(feed(origin));
      await stage.playing(1);
      await stage.event('firstframe');
      await stage.until(() => document.querySelector('cliffhanger-player').stats.slots.some(({ episode, bufferedSeconds }) => episode === 'e002' && bufferedSeconds > 0.4),
        { what: 'the next episode has its opening' });
      const { episodes } = await stage.get('stats');
      assert.equal(episodes[0].source, 'ranges');
      assert.ok(origin.requests.filter(({ path }) => path.startsWith('/media/e001.mp4')).every(({ range }) => range), 'no request without a range');
      assert.ok(origin.episodesAsked().every((n) => n <= 4), `${origin.episodesAsked()}`);
      for (const n of [2, 3]) {
        await stage.playing(n - 1, { seconds: 3 });
        await stage.call('next');
        await stage.playing(n);
      }
      await stage.until(() => document.querySelector('cliffhanger-player').stats.episodes.length === 3, { what: 'three first frames' });
      assert.deepEqual((await stage.get('stats')).episodes.map((visit) => visit.source), ['ranges', 'ranges', 'ranges']);
    },
  },
  {
    title: 'the first episode plays before the player has come, which goes on with it',
    needs: 'ranges',
    async run({ origin, open }) {
      let come;
      origin.rule(/cliffhanger\.wasm$/, { gate: new Promise((resolve) => { come = resolve; }) });
      const stage = await open(feed(origin));
      const time = await stage.until(() => {
        const video = document.querySelector('cliffhanger-player').shadowRoot?.querySelector('video');
        window.early = video;
        return video?.videoWidth > 0 && video.currentTime > 0.1 && video.currentTime;
      }, { what: 'a video plays before there is a player' });
      assert.equal(await stage.get('series'), null);
      come();
      await stage.playing(1, { seconds: time });
      await stage.event('firstframe');
      assert.ok(await stage.eval(() => !window.early.paused && window.early.isConnected && window.early.currentTime > 0), 'the same video');
      assert.deepEqual(await stage.seen('seeking', 'waiting', 'error'), []);
      await stage.playing(1, { seconds: 3 });
    },
  },
  {
    title: 'a turn of the wheel before the player has come counts, once',
    needs: 'wheel',
    async run({ origin, open }) {
      let come;
      origin.rule(/cliffhanger\.wasm$/, { gate: new Promise((resolve) => { come = resolve; }) });
      const stage = await open(feed(origin));
      await stage.until(() => document.querySelector('cliffhanger-player').shadowRoot?.querySelector('video')?.currentTime > 0.1, { what: 'a video plays before there is a player' });
      await stage.turnWheel(100);
      await stage.until(() => {
        const scroller = document.querySelector('cliffhanger-player').shadowRoot.querySelector('div');
        return scroller.scrollTop === scroller.clientHeight && scroller.querySelector('video').paused;
      }, { what: 'the next poster fills the player' });
      come();
      await stage.playing(2);
      assert.deepEqual(await changes(stage), [[1, 2, 'swipe']]);
    },
  },
  {
    title: 'where media cannot be read by a script the plain file plays',
    async run({ origin, open }) {
      const stage = await open(feed(origin), { head: '<script>delete window.MediaSource; delete window.ManagedMediaSource;</script>' });
      await stage.playing(1);
      assert.equal((await stage.get('stats')).bytesFetched, 0);
    },
  },
  {
    title: 'a video that the page brought is adopted',
    async run({ origin, open }) {
      const video = '<video src="/media/e001.mp4" muted autoplay playsinline></video>';
      const stage = await open(player(origin, series({ count: COUNT }), BY_HAND, video));
      await stage.playing(1);
      await stage.event('firstframe');
      const { episodes } = await stage.get('stats');
      assert.equal(episodes[0].startPath, 'adopted');
    },
  },
  {
    title: 'a locked episode shows its wall, and nothing of it is requested',
    async run({ origin, open }) {
      const stage = await open(player(origin, series({ count: 4, free: 1 }), 'autoplay muted no-auto-advance no-resume'));
      await stage.playing(1);
      await stage.call('next');
      await stage.event('paywallopen');
      await stage.untilShows('paywall');
      assert.equal(await stage.get('access'), 'locked');
      assert.deepEqual(origin.episodesAsked(), [1]);
      await stage.call('grant', 'e002', true);
      await stage.playing(2);
      assert.deepEqual(origin.episodesAsked().filter((n) => n > 2), []);
    },
  },
  {
    title: 'the end of an episode leads to the next',
    async run({ origin, open }) {
      const stage = await open(feed(origin, 'autoplay muted free-episodes="999" no-resume'));
      await stage.playing(1);
      await stage.until(() => {
        const player = document.querySelector('cliffhanger-player');
        if (!(player.duration > 1)) return false;
        player.currentTime = player.duration - 0.5;
        return true;
      });
      await stage.playing(2);
      assert.deepEqual(await changes(stage), [[1, 2, 'autoadvance']]);
    },
  },
  {
    title: 'sound that the browser refuses is not insisted on',
    async run({ origin, open }) {
      // The page itself tells how it began: a question by the driver might count as a gesture.
      const tell = `<script>document.addEventListener('playing', ({ target }) => { if (target.muted !== undefined) fetch('/told/' + target.matches(':state(muted)')); }, true)</script>`;
      const stage = await open(feed(origin, 'autoplay free-episodes="999" no-auto-advance no-resume'), { head: tell });
      await stage.served(/^\/told\//);
      assert.equal(origin.paths(/^\/told\//)[0], '/told/true', 'it began without sound');
    },
  },
  {
    title: 'an unreachable episode is told, and the feed goes on',
    async run({ origin, open }) {
      origin.rule(/^\/media\/e001\.mp4/, { status: 404 });
      const stage = await open(feed(origin));
      const { detail } = await stage.event('error');
      assert.equal(detail.code, 'media-not-found');
      await stage.call('next');
      await stage.playing(2);
    },
  },
  {
    title: 'keys move one episode at a time, both ways',
    async run({ origin, open }) {
      const stage = await open(feed(origin));
      await stage.playing(1);
      await stage.eval(() => document.querySelector('cliffhanger-player').focus());
      await stage.click();
      for (const [key, n] of [['ArrowDown', 2], ['ArrowDown', 3], ['PageDown', 4], ['ArrowUp', 3]]) {
        await stage.press(key);
        await stage.at(n);
        await stage.settled();
      }
      assert.deepEqual(await changes(stage), [[1, 2, 'key'], [2, 3, 'key'], [3, 4, 'key'], [4, 3, 'key']]);
      assert.ok((await stage.videos()).filter((video) => video.source).length <= 3);
    },
  },
  {
    title: 'eight steps by script play eight episodes with three videos',
    async run({ origin, open }) {
      const stage = await open(feed(origin));
      await stage.playing(1);
      for (let n = 2; n <= 9; n += 1) {
        assert.equal(await stage.call('next'), true);
        await stage.playing(n);
        await stage.settled();
      }
      const videos = await stage.videos();
      assert.ok(videos.length <= 3 && videos.filter((video) => !video.paused).length === 1, JSON.stringify(videos));
    },
  },
  {
    title: 'one turn of the wheel moves one episode',
    needs: 'wheel',
    async run({ origin, open }) {
      const stage = await open(feed(origin));
      await stage.playing(1);
      await stage.turnWheel(300);
      await stage.at(2);
      await stage.settled();
      assert.deepEqual(await changes(stage), [[1, 2, 'wheel']]);
    },
  },
  {
    title: 'a flick of the finger moves one episode, on and back',
    needs: 'touch',
    async run({ origin, open }) {
      const stage = await open(feed(origin));
      await stage.playing(1);
      for (const n of [2, 3]) {
        await stage.flick();
        await stage.playing(n);
        await stage.settled();
      }
      await stage.flick({ from: 0.25, to: 0.8 });
      await stage.playing(2);
      assert.deepEqual(await changes(stage), [[1, 2, 'swipe'], [2, 3, 'swipe'], [3, 2, 'swipe']]);
    },
  },
  {
    title: 'the next episode moves under the finger, and a drag that goes back stops it',
    needs: 'touch',
    async run({ origin, open }) {
      const stage = await open(feed(origin));
      await stage.playing(1);
      await stage.until(() => document.querySelector('cliffhanger-player').stats.slots.some(({ episode, bufferedSeconds }) => episode === 'e002' && bufferedSeconds > 0.4),
        { what: 'the next episode has its opening' });
      const moving = (count) => stage.until((wanted) => {
        const videos = [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('video')].filter((video) => !video.paused && video.currentTime > 0);
        return videos.length === wanted;
      }, { args: [count], what: `${count} episodes move` });
      await stage.drag({ from: 0.8, to: 0.5, lift: false });
      await moving(2);
      await stage.drag({ from: 0.5, to: 0.78, down: false });
      await stage.settled();
      await moving(1);
      await stage.playing(1);
      await stage.flick();
      await stage.playing(2);
      assert.equal((await stage.event('firstframe', ({ episode }) => episode.n === 2)).detail.preloaded, true);
    },
  },
  {
    title: 'HLS that the player does not feed is played by the browser, or else by hls.js',
    async run({ origin, open }) {
      const stage = await open(player(origin, playlists(origin, 'mpegts'), `${BY_HAND} hls-url="/vendor/hls.mjs"`));
      await stage.playing(1, { seconds: 2 });
      await stage.call('next');
      await stage.playing(2, { seconds: 1 });
      const own = await stage.eval(() => document.createElement('video').canPlayType('application/vnd.apple.mpegurl') !== '');
      assert.equal(byScript(origin), !own);
    },
  },
];
