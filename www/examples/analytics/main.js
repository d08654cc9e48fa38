// Any tag manager that reads a data layer can take it from here.
import { campaign } from '/elsewhere.js';

window.dataLayer = window.dataLayer ?? [];
const player = document.querySelector('cliffhanger-player');
const list = document.querySelector('#layer');
const SHOWN = 6;

/** How the visitor came: kept in memory, for the events that follow. Nothing is stored. */
const came = campaign(location.search);

function push(event, members) {
  const entry = { event: `cliffhanger_${event}`, series: player.series?.id, ...members, ...came };
  window.dataLayer.push(entry);
  const line = document.createElement('li');
  line.textContent = JSON.stringify(entry);
  list.prepend(line);
  while (list.children.length > SHOWN) list.lastElementChild.remove();
}

player.addEventListener('firstframe', ({ detail }) => push('start', { episode: detail.episode.n, latency_ms: detail.latencyMs }));
player.addEventListener('episodechange', ({ detail }) => push('episode', { episode: detail.episode.n, by: detail.cause }));
player.addEventListener('episodeprogress', ({ detail }) => push('progress', { episode: detail.episode.n, percent: detail.quartile }));
player.addEventListener('paywallopen', ({ detail }) => push('wall', { episode: detail.episode.n, reason: detail.reason }));
player.addEventListener('paywallclose', ({ detail }) => push('wall_closed', { episode: detail.episode.n, outcome: detail.outcome }));
player.addEventListener('unlockrequest', ({ detail }) => push('unlock', { episode: detail.episode.n, offer: detail.offer?.id ?? null }));
player.addEventListener('error', ({ detail }) => push('error', { code: detail.code, fatal: detail.fatal }));
