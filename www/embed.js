// The iframe target: embed.html?series=URL, plus any of the attributes below as parameters, and `origin` of the page that may talk to it.
//
// The address comes from whoever wrote the link, so only what is listed is taken over, and the manifest must be on this
// site or behind https.
import { parentOrigin, serve } from './embed-api.js';
import { offer } from './elsewhere.js';

const VALUES = ['free-episodes', 'episode', 'preload'];
const SWITCHES = ['loop', 'deep-link', 'no-auto-advance', 'no-resume', 'no-keyboard', 'no-ui'];

const asked = new URLSearchParams(location.search);

/** The manifest's absolute URL, or null when it may not be loaded from here. */
function manifest(text) {
  if (!text || !URL.canParse(text, location.href)) return null;
  const url = new URL(text, location.href);
  const allowed = url.protocol === 'https:' || (url.protocol === 'http:' && url.origin === location.origin);
  return allowed && !url.username && !url.password ? url.href : null;
}

function say(text) {
  const notice = document.createElement('p');
  notice.className = 'notice';
  notice.setAttribute('role', 'alert');
  notice.textContent = text;
  document.body.append(notice);
}

const src = manifest(asked.get('series'));
if (src) {
  const lang = asked.get('lang');
  if (lang && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(lang)) document.documentElement.lang = lang;
  const player = document.createElement('cliffhanger-player');
  player.setAttribute('src', src);
  player.setAttribute('autoplay', '');
  if (asked.get('muted') !== 'false') player.setAttribute('muted', '');
  for (const name of VALUES) if (asked.has(name)) player.setAttribute(name, asked.get(name));
  for (const name of SWITCHES) if (asked.has(name) && asked.get(name) !== 'false') player.setAttribute(name, '');
  player.addEventListener('ready', () => { document.title = player.series?.title ?? document.title; });
  serve(player, parentOrigin(asked.get('origin')));
  document.body.append(player);
  // In a browser of its own the page is the player's whole address.
  const alone = new URL(location.href);
  alone.searchParams.set('deep-link', '');
  offer(player, alone.href);
} else {
  say('There is no series to show. Use embed.html?series=URL with the address of a series manifest on this site or behind https.');
}
