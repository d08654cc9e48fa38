// A web server on 127.0.0.1 that behaves, misbehaves on request, and remembers every request.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { CLIPS, PLAYER, WWW, episodesIn } from './paths.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css',
  '.json': 'application/json', '.wasm': 'application/wasm', '.mp4': 'video/mp4', '.jpg': 'image/jpeg',
  '.avif': 'image/avif', '.webp': 'image/webp', '.png': 'image/png', '.svg': 'image/svg+xml', '.vtt': 'text/vtt', '.ico': 'image/x-icon',
  '.m3u8': 'application/vnd.apple.mpegurl', '.ts': 'video/mp2t', '.m4s': 'video/iso.segment',
};

/**
 * What a rule may do to a request: `status` answers with that status; `redirect` leads to another path; `delay` waits first (ms); `hang` never answers;
 * `body` and `type` replace the content; `whole` takes no ranges; `truncate` breaks the connection after so many bytes; `times` limits the rule to
 * its first uses. `gate` is a promise to wait for.
 */
export class Origin {
  requests = [];
  /** Whether pages of other origins may read everything here. */
  shared = false;
  #rules = [];
  #documents = new Map();
  #folders = [];
  #server;
  #sockets = new Set();

  static async start() {
    const origin = new Origin();
    origin.#server = http.createServer((request, response) => {
      origin.#answer(request, response).catch((error) => response.destroy(error));
    });
    origin.#server.on('connection', (socket) => {
      origin.#sockets.add(socket);
      socket.on('close', () => origin.#sockets.delete(socket));
    });
    await new Promise((resolve) => { origin.#server.listen(0, '127.0.0.1', resolve); });
    origin.url = `http://127.0.0.1:${origin.#server.address().port}`;
    return origin;
  }

  async stop() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => { this.#server.close(resolve); });
  }

  /** Serves `body` at `where`; returns the absolute URL. */
  put(where, body, { type, headers = {} } = {}) {
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    this.#documents.set(where, { body: Buffer.from(text), type: type ?? TYPES[path.extname(where)], headers });
    return this.url + where;
  }

  /** Serves the files of `folder` under `prefix`, which begins and ends with a slash. */
  mount(prefix, folder) {
    this.#folders.unshift({ prefix, folder });
    return this.url + prefix;
  }

  /** From now on `match` (a RegExp over path and query) is treated so; returns a function that lifts the rule. */
  rule(match, action) {
    const entry = { match, action, left: action.times ?? Infinity };
    this.#rules.push(entry);
    return () => { this.#rules = this.#rules.filter((other) => other !== entry); };
  }

  /** Paths requested so far that match. */
  paths(match = /./) {
    return this.requests.map((request) => request.path).filter((where) => match.test(where));
  }

  /** Ordinals of the episodes of which media has been asked for, without repeats, ascending. */
  episodesAsked() {
    const asked = this.paths(/^\/media\/.*\.mp4/).map((where) => Number(/e(\d+)\.mp4/.exec(where)[1]));
    return [...new Set(asked)].sort((a, b) => a - b);
  }

  async #answer(request, response) {
    const where = request.url;
    const entry = { method: request.method, path: where, range: request.headers.range, at: performance.now(), status: 0, sent: 0 };
    this.requests.push(entry);
    response.on('close', () => { entry.status = response.statusCode; });
    if (this.shared) {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-allow-headers', 'range');
      response.setHeader('access-control-expose-headers', 'content-range');
      if (request.method === 'OPTIONS') {
        response.writeHead(204).end();
        return;
      }
    }
    const rule = this.#rules.find((candidate) => candidate.left > 0 && candidate.match.test(where));
    if (rule) rule.left -= 1;
    const action = rule?.action ?? {};
    if (action.hang) return;
    if (action.gate) await action.gate;
    if (action.delay) await new Promise((resolve) => { setTimeout(resolve, action.delay); });
    if (action.redirect) {
      response.writeHead(302, { location: where.replace(...action.redirect) }).end();
      return;
    }
    if (action.status && !(action.unlessReferred && request.headers.referer)) {
      // Of a refusal other origins are told nothing, as most servers have it.
      if (action.unlessReferred) response.removeHeader('access-control-allow-origin');
      response.writeHead(action.status, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
      response.end(`status ${action.status}`);
      return;
    }
    const found = action.body === undefined
      ? this.#find(decodeURIComponent(new URL(where, this.url).pathname))
      : { body: Buffer.from(action.body), type: action.type ?? 'text/html', headers: {} };
    if (!found) {
      response.writeHead(404, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
      response.end('not found');
      return;
    }
    this.#send(request, response, { ...found, type: action.type ?? found.type }, action, entry);
  }

  #find(pathname) {
    const document = this.#documents.get(pathname);
    if (document) return document;
    const file = this.#file(pathname);
    if (!file || !fs.existsSync(file) || !fs.statSync(file).isFile()) return undefined;
    return { body: fs.readFileSync(file), type: TYPES[path.extname(file)] ?? 'application/octet-stream', headers: {} };
  }

  #file(pathname) {
    if (pathname.split('/').includes('..')) return undefined;
    // /media/e007.mp4 is the clip whose turn it is: as many episodes as a test wants, each with a URL of its own.
    const media = /^\/media\/(?:.*\/)?e(\d+)\.(mp4|jpg|webp|avif|vtt)$/.exec(pathname);
    if (media) {
      const clips = episodesIn(CLIPS);
      const clip = clips[(Number(media[1]) - 1) % clips.length];
      return clip.replace(/mp4$/, media[2]);
    }
    const mounted = this.#folders.find(({ prefix }) => pathname.startsWith(prefix));
    if (mounted) {
      const rest = pathname.slice(mounted.prefix.length);
      return path.join(mounted.folder, rest === '' || rest.endsWith('/') ? `${rest}index.html` : rest);
    }
    const built = /^\/cliffhanger\/(.+)$/.exec(pathname);
    return built ? path.join(PLAYER, built[1]) : path.join(WWW, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
  }

  #send(request, response, { body, type, headers }, { truncate, whole }, entry) {
    const range = whole ? null : /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
    const head = { 'content-type': type, 'accept-ranges': 'bytes', 'cache-control': type === 'video/mp4' ? 'max-age=600' : 'no-store', ...headers };
    let [first, last] = [0, body.length - 1];
    if (range && (range[1] || range[2])) {
      [first, last] = range[1]
        ? [Number(range[1]), range[2] ? Math.min(Number(range[2]), last) : last]
        : [Math.max(0, body.length - Number(range[2])), last];
      if (first > last) {
        response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
        return;
      }
      head['content-range'] = `bytes ${first}-${last}/${body.length}`;
    }
    const part = body.subarray(first, last + 1);
    response.writeHead(range ? 206 : 200, { ...head, 'content-length': part.length });
    if (request.method === 'HEAD') {
      response.end();
    } else if (truncate !== undefined && first + part.length > truncate) {
      // The head is honest, the body breaks off.
      response.write(part.subarray(0, Math.max(0, truncate - first)), () => response.destroy());
    } else {
      entry.sent = part.length;
      response.end(part);
    }
  }
}
