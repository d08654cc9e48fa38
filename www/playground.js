// A field for each attribute of the element; the list is generated from the player's own.
const attributes = await (await fetch('/attributes.json')).json();
const form = document.querySelector('#attributes');
const stage = document.querySelector('#stage');
const snippet = document.querySelector('#snippet');

/** What the playground begins with. */
const FIRST = { src: '/series/paper-lanterns/series.json', 'free-episodes': '2', autoplay: '', muted: '' };
/** Not for trying here: where the wasm is, nobody changes while they look. */
const LEFT_OUT = ['wasm-url'];

function field({ name, takes, values, about }) {
  const label = document.createElement('label');
  label.title = about;
  const text = document.createElement('span');
  text.textContent = name;
  const input = document.createElement(takes === 'choice' ? 'select' : 'input');
  input.name = name;
  if (takes === 'choice') {
    input.append(new Option('', ''), ...values.map((value) => new Option(value, value)));
    input.value = FIRST[name] ?? '';
  } else if (takes === 'flag') {
    input.type = 'checkbox';
    input.checked = name in FIRST;
  } else {
    Object.assign(input, takes === 'count' ? { type: 'number', min: 0 } : { type: 'text' });
    input.value = FIRST[name] ?? '';
  }
  label.append(text, input);
  return label;
}

function draw() {
  const player = document.createElement('cliffhanger-player');
  for (const input of form.elements) {
    if (input.type === 'checkbox' ? input.checked : input.value !== '') player.setAttribute(input.name, input.type === 'checkbox' ? '' : input.value);
  }
  const marks = [...player.attributes].map(({ name, value }) => (value === '' ? name : `${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`));
  snippet.textContent = `<script type="module" src="${location.origin}/cliffhanger/cliffhanger.js"></script>\n<cliffhanger-player ${marks.join(' ')}>\n</cliffhanger-player>`;
  stage.firstElementChild?.destroy();
  stage.replaceChildren(player);
}

form.append(...attributes.filter(({ name }) => !LEFT_OUT.includes(name)).map(field));
form.addEventListener('change', draw);
form.addEventListener('submit', (event) => event.preventDefault());
draw();
