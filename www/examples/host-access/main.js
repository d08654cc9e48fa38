const player = document.querySelector('cliffhanger-player');
const member = document.querySelector('#member');

/** Stands for the page's backend: who may watch gets an address, for ten minutes. */
async function backend(episode) {
  if (!member.checked) throw new Error('Your account has no pass for this episode.');
  return {
    renditions: [{ type: 'mp4', url: `/series/paper-lanterns/${episode.id}.mp4` }],
    expiresMs: Date.now() + 10 * 60_000,
  };
}

player.addEventListener('unlockrequest', (event) => {
  event.respondWith(backend(event.detail.episode));
});
