// Inside the browsers of other apps: a link that goes on in a browser of its own, at the same episode and second.
//
// Which app it is decides about words alone; nothing the player can do depends on it. Put this script before the player's.

const APPS = [
  ['Instagram', /\bInstagram\b/], ['Facebook', /\bFB(AN|AV|_IAB)\b/], ['TikTok', /\b(musical_ly|BytedanceWebview|TikTok|trill)/i],
  ['Snapchat', /\bSnapchat\b/], ['WeChat', /\bMicroMessenger\b/], ['LINE', /\bLine\/\d/], ['Pinterest', /\bPinterest\b/], ['X', /\bTwitter/],
  ['Kuaishou', /\b(Kwai|Kuaishou)/i],
];
const WORDS = {
  en: 'Open in browser', es: 'Abrir en el navegador', pt: 'Abrir no navegador', fr: 'Ouvrir dans le navigateur', de: 'Im Browser öffnen',
  nl: 'Openen in browser', id: 'Buka di browser', ja: 'ブラウザで開く', ko: '브라우저에서 열기', zh: '在浏览器中打开', ar: 'فتح في المتصفح',
};
/** The parameter that carries `e=7&t=12` where an address can have no fragment. */
const CARRIED = 'cliffhanger';
/** Parameters by which advertisers know a visit again. */
const CAMPAIGN = /^(utm_[a-z_]+|fbclid|ttclid|gclid|igshid|sccid)$/i;

/** The app's name, or null in a browser of its own. */
export function inAppBrowser(userAgent) {
  return APPS.find(([, mark]) => mark.test(userAgent))?.[0] ?? null;
}

/** The campaign parameters of an address. Whoever asks keeps them in memory; they go nowhere else. */
export function campaign(search) {
  return Object.fromEntries([...new URLSearchParams(search)].filter(([name]) => CAMPAIGN.test(name)));
}

/**
 * The address of `here` at an episode and second, campaign and all. On Android an intent asks the system for its own browser; elsewhere a plain
 * link is all there is.
 */
export function elsewhere(here, { ordinal, seconds }, userAgent) {
  const url = new URL(here);
  const place = `e=${ordinal}${seconds >= 1 ? `&t=${Math.floor(seconds)}` : ''}`;
  url.hash = place;
  if (!/\bAndroid\b/.test(userAgent) || url.protocol !== 'https:') return url.href;
  const fallback = encodeURIComponent(url.href);
  url.hash = '';
  url.searchParams.set(CARRIED, place);
  return `${url.href.replace(/^https:/, 'intent:')}#Intent;scheme=https;S.browser_fallback_url=${fallback};end`;
}

/** Puts a place that came as a parameter where the player looks for it. */
function arrive() {
  const url = new URL(location.href);
  const place = url.searchParams.get(CARRIED);
  if (!place) return;
  url.searchParams.delete(CARRIED);
  if (/^e=[\w-]+(&t=\d+)?$/.test(place)) url.hash = place;
  history.replaceState(history.state, '', url);
}

/** The link over `player`, where there is a reason for one. */
export function offer(player, here = location.href) {
  if (!inAppBrowser(navigator.userAgent)) return;
  const link = document.createElement('a');
  link.slot = 'overlay';
  link.className = 'elsewhere';
  link.target = '_blank';
  link.rel = 'noopener';
  link.textContent = WORDS[document.documentElement.lang.split('-')[0]] ?? WORDS.en;
  const aim = () => {
    link.href = elsewhere(here, { ordinal: player.currentEpisode?.n ?? 1, seconds: player.currentTime || 0 }, navigator.userAgent);
  };
  aim();
  for (const type of ['pointerdown', 'focus', 'click', 'contextmenu']) link.addEventListener(type, aim);
  player.append(link);
}

if (globalThis.document) {
  arrive();
  const all = () => document.querySelectorAll('cliffhanger-player[deep-link]').forEach((player) => offer(player));
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', all, { once: true });
  else all();
}
