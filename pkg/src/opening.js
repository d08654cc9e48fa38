// Which media may be asked for before the wasm is there. The rule is the core's, and narrower: at any doubt, none.
// Both are held to the examples in `tests/opening.json`.

/**
 * The URL of the first episode's media, when everybody may watch it.
 * @param {object} manifest a series manifest, not yet checked: what is missing throws
 * @param {string} base what its URLs are relative to
 * @param {number | null} freeEpisodes the `free-episodes` attribute
 */
export function opening({ cliffhanger, access, episodes }, base, freeEpisodes) {
  const [{ n, access: own, window, renditions: [{ type, url }] }] = episodes;
  const free = own?.state ? own.state === 'free' : n <= ((access.mode === 'gate' ? null : freeEpisodes) ?? access.freeEpisodes);
  const { protocol, origin, href } = new URL(url, base);
  return cliffhanger === '1' && episodes.length <= 10_000 && free && !window && type === 'mp4' && (protocol === 'https:' || origin === new URL(base).origin) ? href : undefined;
}
