// Shows the first episode while the player is on its way: its first bytes go through a small wasm into a video in the element's shadow. The player then
// takes all of it over as it stands. Which bytes those may be is decided before, in `opening.js`; what becomes of them, in Rust.
import { Opener, imports, use } from 'cliffhanger:glue';
import bytes from 'cliffhanger:opener-bytes';

/** As `style.css` has it, so that nothing moves when that comes. */
const STYLE = `:host{display:block;position:relative;overflow:hidden;overflow:clip;aspect-ratio:9/16;max-width:100%;min-height:160px;background:var(--cliffhanger-background,#0b0b0f);contain:content}
:host([hidden]){display:none}div{position:absolute;inset:0;container-type:size;overflow:hidden scroll;scroll-snap-type:y mandatory;scrollbar-width:none}div::-webkit-scrollbar{display:none}
video,img{display:block;width:100%;height:100%;object-fit:cover;scroll-snap-align:start;scroll-snap-stop:always}@container (min-aspect-ratio:3/4){video,img{object-fit:contain}}`;

let running;
/** What the wasm exports that the player's begins with: it has the memory. */
export function opener() {
  running ??= WebAssembly.instantiate(bytes, imports()).then(({ instance }) => {
    use(instance.exports);
    return instance.exports;
  });
  return running;
}

const PART = /^bytes (\d+)-(\d+)\/(\d*)/;

/**
 * Shows in the element what a response brings, which was asked for the beginning of an MP4 file, and asks for as much more as lasts until the player is
 * there. Resolves when there is something to be seen, or when there will not be. The player takes over `buffers` and `opener`, and by calling `hand` what is
 * still to come; after that nothing is done here. Until then the viewer may swipe on to the poster of the
 * `next` episode, if there is one: `passed` says so, once `rest` resolves.
 * @param {HTMLElement} host
 * @param {{ url: string, askedAt: number, answeredAt: number, video: HTMLVideoElement, source: MediaSource, buffers: SourceBuffer[], base: string, next?: object, over?: boolean }} early
 * @param {Promise<Response>} asked
 */
export async function show(host, early, asked) {
  const { url, video, source } = early;
  let answer = asked;
  let response = await answer;
  let part = PART.exec(response.headers.get('content-range') ?? 'bytes 0-0/');
  if (response.status !== 206 || part?.[1] !== '0' || !('adoptedStyleSheets' in document)) return;
  await opener();
  if (early.over) return;
  place(host, early);
  const made = early.opener = new Opener(url);
  made.answered(early.answeredAt, early.askedAt);
  let reader;
  let pending;
  early.hand = () => {
    early.over = true;
    // The video lives as long as the player, and would keep all this.
    video.onerror = source.onsourceopen = null;
    for (const buffer of early.buffers) buffer.onupdateend = null;
    if (!pending) return answer;
    const read = () => {
      const piece = pending ?? reader.read();
      pending = undefined;
      return piece;
    };
    const headers = new Headers({ 'content-range': `bytes ${made.at()}-${part[2]}/${part[3] || '*'}` });
    return Promise.resolve({ status: 206, headers, body: { getReader: () => ({ read, cancel: () => reader.cancel() }) } });
  };
  await new Promise((resolve, reject) => {
    const fail = (error) => {
      if (early.over) return;
      early.over = early.failed = true;
      reader.cancel().catch(() => {});
      reject(error);
    };
    let busy = 0;
    let taken = 0;
    const append = () => {
      if (early.over || busy || source.readyState !== 'open') return;
      try {
        const mimes = made.mimes();
        if (mimes) {
          early.buffers = mimes.split('\n').map((mime) => source.addSourceBuffer(mime));
          for (const buffer of early.buffers) {
            buffer.onupdateend = () => {
              busy--;
              append();
            };
          }
          source.duration = made.duration();
        }
        if (taken > 1) resolve(); // first the header, then pictures
        if (!made.take()) return;
        taken++;
        early.buffers.forEach((buffer, at) => {
          const segment = made.bytes(at);
          if (!segment.length) return;
          buffer.appendBuffer(segment);
          busy++;
        });
      } catch (error) {
        fail(error);
      }
    };
    source.onsourceopen = append;
    video.onerror = fail;
    const read = async () => {
      // What breaks off is asked for again, but not for ever.
      for (let turns = 4; turns-- && response.status === 206 && Number(part?.[1]) === made.at();) {
        reader = response.body.getReader();
        for (;;) {
          pending = reader.read();
          const { done, value } = await pending.catch(() => ({ done: true }));
          if (early.over) return;
          if (done) break;
          if (!made.push(performance.now(), value, Number(part[3]))) return fail();
          append();
        }
        pending = undefined;
        const until = made.ask();
        if (!until) break;
        const askedAt = performance.now();
        answer = fetch(url, { headers: { range: `bytes=${made.at()}-${until - 1}` }, priority: 'high' });
        response = await answer.catch(() => ({}));
        if (early.over) return;
        made.answered(performance.now(), askedAt);
        part = PART.exec(response.headers?.get('content-range') ?? `bytes ${made.at()}-0/`);
      }
      answer = undefined;
      resolve();
    };
    read().catch(fail);
  });
}

/** How long a swipe may keep the player waiting, in milliseconds. */
const PATIENCE = 1000;
/** A trackpad goes on when the fingers have left it. Without a word for this long, in milliseconds, it has come to rest. */
const QUIET = 150;

/** Puts the video where the player will show it, in a feed as far as it goes without one. */
function place(host, early) {
  const { video, next, base } = early;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  const shadow = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  shadow.adoptedStyleSheets = [sheet];
  const feed = document.createElement('div');
  const poster = new Image();
  poster.alt = '';
  feed.append(video);
  if (next) feed.append(poster);
  shadow.replaceChildren(feed);
  video.playsInline = true;
  const silent = host.defaultMuted && !document.hidden;
  const move = (how) => silent && video[how]()?.catch(() => {}); // the player asks again, and says what is wrong
  video.muted = silent;
  move('play');
  let fingers = 0;
  let wheeled = -QUIET;
  for (const type of ['touchstart', 'touchend', 'touchcancel']) {
    feed.addEventListener(type, ({ touches }) => { fingers = touches.length; }, { passive: true });
  }
  // A notch of a wheel is less than half a slide: snapping would take it back.
  feed.onwheel = (event) => {
    const { deltaY, ctrlKey } = event;
    wheeled = performance.now();
    if (ctrlKey || !next || !deltaY || deltaY < 0 && !feed.scrollTop) return;
    event.preventDefault();
    feed.scrollTo({ top: deltaY > 0 ? feed.clientHeight : 0, behavior: 'smooth' });
  };
  feed.addEventListener('scroll', () => {
    try {
      poster.src = new URL(next.poster.url, base);
    } catch {
      // The player says what is wrong with it.
    }
  }, { once: true });
  feed.onscroll = () => {
    const passed = feed.scrollTop * 2 > feed.clientHeight;
    if (passed !== !!early.passed) move(passed ? 'pause' : 'play');
    early.passed = passed;
  };
  feed.onclick = () => {
    if (early.passed) return;
    const how = video.paused ? 'play' : 'pause';
    host[how]()?.catch(() => {});
    move(how);
  };
  const moving = () => fingers || performance.now() < wheeled + QUIET || Math.abs(feed.scrollTop - (early.passed ? feed.clientHeight : 0)) > 2;
  early.rest = async () => {
    const until = performance.now() + PATIENCE;
    while (moving() && performance.now() < until) await new Promise((resolve) => { setTimeout(resolve, 20); });
    // Of a file that could not be read nothing is handed over that would say so.
    if (early.failed && early.passed) host.next().catch(() => {});
  };
}
