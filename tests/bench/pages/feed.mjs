// A scroll-snap feed of any length with three slides, as an expert would write it by hand. What plays in a slide is the
// caller's.

/**
 * `clear(slide)` empties a slide that is to show another episode, `mount(slide, episode)` prepares that episode, `play` and
 * `pause` say so; `ready(slide)` resolves when the current slide has enough and the next may be prepared.
 */
export function feed(root, episodes, { existing, clear, mount, play, pause, ready }) {
  const track = document.createElement('div');
  track.className = 'track';
  track.style.height = `${episodes.length * 100}%`;
  const slides = Array.from({ length: Math.min(3, episodes.length) }, (_, at) => {
    const element = (at === 0 && existing) || document.createElement('section');
    element.className = 'slide';
    element.style.height = `${100 / episodes.length}%`;
    return { element, index: -1, mounted: false };
  });
  let current = -1;

  const place = (index) => {
    const slide = slides[index % slides.length];
    if (slide.index === index) return slide;
    if (slide.mounted) clear(slide);
    Object.assign(slide, { index, mounted: false });
    slide.element.style.top = `${(index * 100) / episodes.length}%`;
    slide.element.style.backgroundImage = `url("${episodes[index].poster}")`;
    return slide;
  };
  const prepare = (slide) => {
    if (!slide.mounted) mount(slide, episodes[slide.index]);
    slide.mounted = true;
  };

  const settle = (index) => {
    if (index === current) return;
    const before = slides.find((slide) => slide.index === current);
    if (before?.mounted) pause(before);
    current = index;
    const slide = place(index);
    prepare(slide);
    play(slide);
    const neighbours = [index + 1, index - 1].filter((other) => other >= 0 && other < episodes.length).map(place);
    ready(slide).then(() => { if (index === current) neighbours.forEach(prepare); });
  };

  // The slide that covers most of the screen is the current one, while the finger's momentum still runs out.
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      const slide = slides.find(({ element }) => element === target);
      if (isIntersecting && slide.index >= 0) settle(slide.index);
    }
  }, { root, threshold: 0.6 });
  for (const { element } of slides) track.append(element);
  root.append(track);
  settle(0);
  for (const { element } of slides) watch.observe(element);
  window.benchIndex = () => current;
}

/** Resolves when a video can play on. */
export const canPlay = (video) => new Promise((resolve) => {
  if (video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) resolve();
  else video.addEventListener('canplay', resolve, { once: true });
});
