const player = document.querySelector('cliffhanger-player');
for (const choice of document.querySelectorAll('input[name="theme"]')) {
  choice.addEventListener('change', () => { player.className = choice.value; });
}
