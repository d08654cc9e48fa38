// Controls of the page's own: properties, methods and events of the element are all they need.
const player = document.querySelector('cliffhanger-player');
const button = (id, press) => {
  const element = document.querySelector(`#${id}`);
  element.addEventListener('click', press);
  return element;
};
const play = button('play', () => (player.paused ? player.play().catch(() => {}) : player.pause()));
const sound = button('sound', () => { player.muted = !player.muted; });
button('previous', () => player.previous());
button('next', () => player.next());
const title = document.querySelector('#title');
const progress = document.querySelector('#progress');

function draw() {
  play.setAttribute('aria-pressed', String(!player.paused));
  sound.setAttribute('aria-pressed', String(!player.muted));
  progress.value = player.currentTime / player.duration || 0;
  const episode = player.currentEpisode;
  title.textContent = episode ? `${episode.n}. ${episode.title}` : '';
}

for (const type of ['ready', 'play', 'pause', 'playing', 'timeupdate', 'volumechange', 'episodechange', 'ended']) player.addEventListener(type, draw);
draw();
