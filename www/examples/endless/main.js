const player = document.querySelector('cliffhanger-player');
const count = document.querySelector('#count');
const CLIPS = 6;
const PAGE = 5;
const NEAR = 2;

/** Stands for the page's recommendations: the next few, for ever. */
function more(from) {
  return Array.from({ length: PAGE }, (_, index) => {
    const n = from + index + 1;
    const clip = `/series/paper-lanterns/e00${((n - 1) % CLIPS) + 1}`;
    return { id: `clip-${n}`, n, title: `Clip ${n}`, poster: { url: `${clip}.jpg` }, renditions: [{ type: 'mp4', url: `${clip}.mp4` }] };
  });
}

// The first few are the manifest.
const manifest = document.createElement('script');
manifest.type = 'application/json';
manifest.textContent = JSON.stringify({
  cliffhanger: '1', series: { id: 'endless', title: 'For you', lang: 'en' }, access: { mode: 'open', freeEpisodes: 10_000 }, episodes: more(0),
});
player.append(manifest);

const tell = () => { count.textContent = player.episodes.length; };
player.addEventListener('ready', tell);
player.addEventListener('episodechange', ({ detail }) => {
  const known = player.episodes.length;
  if (detail.episode.n + NEAR > known) player.append(more(known));
  tell();
});
