// What each of the plain consumers does with the player.
export function tell() {
  const player = document.querySelector('cliffhanger-player');
  const told = document.querySelector('#told');
  const ready = () => { told.textContent = `ready ${player.isReady}`; };
  if (player.isReady) ready();
  player.addEventListener('ready', ready);
  player.addEventListener('episodechange', ({ detail }) => { told.textContent = `episode ${detail.episode.n} by ${detail.cause}`; });
}
