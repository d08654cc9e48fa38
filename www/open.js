// Moves the wall, answers unlock requests, and writes down what the player tells the page.
const player = document.querySelector('cliffhanger-player');
const free = document.querySelector('#free');
const count = document.querySelector('#count');
const answers = document.querySelector('#answers');
const events = document.querySelector('#events');
const KEPT = 6;

const place = () => {
  count.textContent = free.value;
  player.setAttribute('free-episodes', free.value);
};
// A reload keeps the slider where it was; the wall follows it.
if (free.value !== player.getAttribute('free-episodes')) place();
free.addEventListener('input', place);
count.textContent = free.value;

player.addEventListener('unlockrequest', (event) => {
  if (answers.checked) event.respondWith(Promise.resolve(true));
});

let told = 0;
function tell(text) {
  if (told === 0) events.replaceChildren();
  told += 1;
  const line = document.createElement('li');
  line.textContent = text;
  events.prepend(line);
  while (events.children.length > KEPT) events.lastElementChild.remove();
}

const SAYS = {
  episodechange: ({ episode, cause }) => `episodechange: episode ${episode.n}, by ${cause}`,
  paywallopen: ({ episode, reason }) => `paywallopen: episode ${episode.n}, ${reason}`,
  paywallclose: ({ episode, outcome }) => `paywallclose: episode ${episode.n}, ${outcome}`,
  unlockrequest: ({ episode, offer }) => `unlockrequest: episode ${episode.n}, ${offer ? `offer ${offer.id}` : 'no offer'}`,
  accesschange: ({ episode, access }) => `accesschange: episode ${episode.n} is ${access}`,
  seriesend: () => 'seriesend',
  error: ({ type, code }) => `error: ${type}, ${code}`,
};
for (const [type, say] of Object.entries(SAYS)) {
  player.addEventListener(type, (event) => tell(say(event.detail)));
}
