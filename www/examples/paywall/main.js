const player = document.querySelector('cliffhanger-player');

document.querySelector('#join').addEventListener('submit', (event) => {
  event.preventDefault();
  // Here a page would tell its backend; this one takes the viewer's word.
  player.grant(player.paywall.episode.id, true);
});
