// A web server at the far end of a link: latency, one bandwidth shared by all connections, and TCP's slow start.
//
// The link is made here and not by the browser's own throttling, because that does not hold media back. Every byte of a
// body crosses the link in small pieces, and is counted when it does: what a cancelled request had cost by then is known.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import zlib from 'node:zlib';

/** Round trip in ms, and what all connections share. */
export const PROFILES = {
  fast: { name: 'fast', mbit: 9, rtt: 85, title: '9 Mbit/s, 85 ms' },
  slow: { name: 'slow', mbit: 1.6, rtt: 150, title: '1.6 Mbit/s, 150 ms' },
};

const PACKET = 1460;
/** RFC 6928. */
const FIRST_WINDOW = 10 * PACKET;
/** What a client lets a server send ahead of what it reads; Linux grows it without need on a loopback interface. */
const RECEIVE_WINDOW = 384 * 1024;
const TICK_MS = 4;
/** A tick that comes late may catch up by this much, so that a busy machine does not slow the link. */
const CATCH_UP_MS = 120;
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.wasm': 'application/wasm',
  '.mp4': 'video/mp4', '.m4s': 'video/iso.segment', '.m3u8': 'application/vnd.apple.mpegurl', '.jpg': 'image/jpeg',
};
const COMPRESSED = new Set(['.html', '.js', '.css', '.json', '.wasm']);
const MEDIA = new Set(['.mp4', '.m4s', '.m3u8']);
const CODE = new Set(['.js', '.css', '.wasm']);

/** Bodies by content, as strong as a careful server compresses: done once, before anything is measured. */
const squeezed = new WeakMap();
export function brotli(body) {
  if (!squeezed.has(body)) {
    const params = { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: body.length, [zlib.constants.BROTLI_PARAM_LGWIN]: 24 };
    squeezed.set(body, zlib.brotliCompressSync(body, { params }));
  }
  return squeezed.get(body);
}

/** One server for one page. `find(pathname, query)` answers with a `Buffer`, `{ file, size }` of a file, or nothing. */
export class Link {
  /** Every answer: `{ path, range, type, at, sent, total, aborted }`; `sent` grows while it crosses the link. */
  log = [];
  /** What had crossed the link when media was first asked for. */
  beforeMedia = null;
  #profile;
  #find;
  #server;
  #sockets = new Map();
  #active = [];
  #timer;
  #credit = 0;
  #last = performance.now();
  #turn = 0;
  #unread = new Map();
  #looked = 0;

  static async open(profile, find) {
    const link = new Link();
    link.#profile = profile;
    link.#find = find;
    link.#server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => link.#answer(request, response));
    link.#server.on('connection', (socket) => {
      socket.setNoDelay(true);
      // Where the handshake would have cost a round trip, the first request waits for it.
      link.#sockets.set(socket, { window: FIRST_WINDOW, flying: [], inFlight: 0, ready: performance.now() + profile.rtt });
      socket.on('close', () => link.#sockets.delete(socket));
      socket.on('error', () => {});
    });
    await new Promise((resolve) => { link.#server.listen(0, '127.0.0.1', resolve); });
    link.url = `http://127.0.0.1:${link.#server.address().port}`;
    return link;
  }

  async close() {
    clearInterval(this.#timer);
    for (const socket of this.#sockets.keys()) socket.destroy();
    await new Promise((resolve) => { this.#server.close(resolve); });
  }

  /** Media bytes that have crossed the link so far. */
  mediaBytes() {
    return this.log.filter(({ type }) => MEDIA.has(type)).reduce((sum, { sent }) => sum + sent, 0);
  }

  /** What the page's scripts, styles and wasm weigh as they were sent. */
  codeBytes() {
    const files = new Map(this.log.filter(({ type }) => CODE.has(type)).map(({ path: where, total }) => [where, total]));
    return [...files.values()].reduce((sum, total) => sum + total, 0);
  }

  #answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.url);
    const type = path.extname(pathname);
    const entry = { path: request.url, range: request.headers.range ?? null, type, at: performance.now(), sent: 0, total: 0, aborted: false };
    if (MEDIA.has(type)) this.beforeMedia ??= this.log.reduce((sum, { sent }) => sum + sent, 0);
    this.log.push(entry);
    const found = pathname.includes('..') ? undefined : this.#find(pathname, searchParams);
    const line = this.#sockets.get(request.socket);
    if (!line) return;
    const start = Math.max(performance.now(), line.ready) + this.#profile.rtt;
    line.ready = 0;
    setTimeout(() => {
      if (response.destroyed) return;
      if (!found) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
        return;
      }
      this.#begin({ request, response, found, type, entry, line });
    }, start - performance.now());
  }

  #begin({ request, response, found, type, entry, line }) {
    let body = found;
    const head = { 'content-type': TYPES[type] ?? 'application/octet-stream', 'cache-control': 'max-age=600', 'accept-ranges': 'bytes' };
    if (COMPRESSED.has(type) && /\bbr\b/.test(request.headers['accept-encoding'] ?? '')) {
      body = brotli(found);
      head['content-encoding'] = 'br';
    }
    const size = body.file ? body.size : body.length;
    let [first, last, status] = [0, size - 1, 200];
    const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
    if (range && (range[1] || range[2])) {
      [first, last] = range[1]
        ? [Number(range[1]), range[2] ? Math.min(Number(range[2]), last) : last]
        : [Math.max(0, size - Number(range[2])), last];
      if (first > last) {
        response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
        return;
      }
      status = 206;
      head['content-range'] = `bytes ${first}-${last}/${size}`;
    }
    entry.total = last - first + 1;
    response.writeHead(status, { ...head, 'content-length': entry.total });
    response.flushHeaders();
    if (request.method === 'HEAD' || entry.total === 0) {
      response.end();
      return;
    }
    const job = { response, entry, line, socket: request.socket, body, at: first, end: last + 1, descriptor: body.file ? fs.openSync(body.file, 'r') : null };
    response.on('close', () => {
      entry.aborted = job.at < job.end;
      if (job.descriptor !== null) fs.closeSync(job.descriptor);
      this.#active = this.#active.filter((other) => other !== job);
    });
    this.#active.push(job);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
  }

  /** Lets as many bytes cross the link as the time since the last tick allows, a packet for each connection in turn. */
  #tick() {
    const now = performance.now();
    const perMs = (this.#profile.mbit * 1e6) / 8 / 1000;
    this.#credit = Math.min(this.#credit + (now - this.#last) * perMs, CATCH_UP_MS * perMs);
    this.#last = now;
    if (this.#active.length === 0) {
      this.#credit = 0; // an idle link saves nothing up
      return;
    }
    if (now - this.#looked > 20) {
      this.#looked = now;
      this.#unread = unread(this.#server.address().port);
    }
    for (const job of this.#active) acknowledge(job.line, now, this.#profile.rtt);
    const gathered = new Map();
    for (let idle = 0; this.#credit >= PACKET && idle < this.#active.length;) {
      const job = this.#active[this.#turn++ % this.#active.length];
      const size = this.#sendable(job, gathered.get(job) ?? 0);
      idle = size === 0 ? idle + 1 : 0;
      this.#credit -= size;
      if (size > 0) gathered.set(job, (gathered.get(job) ?? 0) + size);
    }
    for (const [job, size] of gathered) this.#send(job, size, now);
    // What no window let through has passed by.
    this.#credit = Math.min(this.#credit, TICK_MS * 2 * perMs);
  }

  #sendable(job, gathered) {
    const left = job.end - job.at - gathered;
    const room = job.line.window - job.line.inFlight - gathered;
    const unread = (this.#unread.get(job.socket.remotePort) ?? 0) + job.socket.writableLength + gathered;
    return room <= 0 || unread >= RECEIVE_WINDOW ? 0 : Math.max(0, Math.min(PACKET, left));
  }

  #send(job, size, now) {
    const { body, descriptor, line, entry, response } = job;
    let piece;
    if (descriptor === null) {
      piece = body.subarray(job.at, job.at + size);
    } else {
      piece = Buffer.allocUnsafe(size);
      fs.readSync(descriptor, piece, 0, size, job.at);
    }
    job.at += size;
    entry.sent += size;
    line.inFlight += size;
    line.flying.push([now, size]);
    if (job.at < job.end) response.write(piece);
    else response.end(piece);
  }
}

/** What left a round trip ago has been acknowledged; until the link is full the window grows by as much. */
function acknowledge(line, now, rtt) {
  while (line.flying.length > 0 && line.flying[0][0] + rtt <= now) {
    const [, size] = line.flying.shift();
    line.inFlight -= size;
    line.window = Math.min(line.window + size, RECEIVE_WINDOW);
  }
}

/** Bytes that each client (by its port) has been sent and has not read, of both ends' kernel buffers. Linux only. */
function unread(port) {
  const waiting = new Map();
  let table;
  try {
    table = fs.readFileSync('/proc/net/tcp', 'latin1');
  } catch {
    return waiting;
  }
  const own = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const row of table.split('\n').slice(1)) {
    const [, local, remote, , queues] = row.trim().split(/\s+/);
    if (!queues || !(local.endsWith(own) || remote.endsWith(own))) continue;
    const [toSend, toRead] = queues.split(':').map((text) => parseInt(text, 16));
    const client = parseInt((local.endsWith(own) ? remote : local).split(':')[1], 16);
    waiting.set(client, (waiting.get(client) ?? 0) + (local.endsWith(own) ? toSend : toRead));
  }
  return waiting;
}

const WITHIN = 0.15;

/** Fetches media over the link as a client sees it. `good` is false when it is not the link it should be. */
export async function check(profile, file) {
  const found = { file, size: fs.statSync(file).size };
  const link = await Link.open(profile, () => found);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
  try {
    const ask = async () => (await get(agent, `${link.url}/small.mp4`, 'bytes=0-0')).firstByte;
    const first = await ask();
    const later = [await ask(), await ask(), await ask(), await ask(), await ask()].sort((a, b) => a - b);
    const latency = later[2];
    // Two at once must share what there is.
    const bytes = Math.round((profile.mbit * 1e6) / 8) * 2;
    const began = performance.now();
    const both = await Promise.all([0, 1].map(() => get(agent, `${link.url}/both.mp4`, `bytes=0-${bytes - 1}`)));
    const mbit = (both.reduce((sum, { read }) => sum + read, 0) * 8) / 1e3 / (performance.now() - began - profile.rtt);
    const counted = link.mediaBytes() === later.length + 1 + 2 * bytes;
    return { mbit, latency, handshake: first - latency, counted, good: Math.abs(mbit / profile.mbit - 1) <= WITHIN && counted };
  } finally {
    agent.destroy();
    await link.close();
  }
}

function get(agent, url, range) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    http.get(url, { agent, headers: { range } }, (response) => {
      let [read, firstByte] = [0, 0];
      response.on('data', (chunk) => { firstByte ||= performance.now() - began; read += chunk.length; });
      response.on('end', () => resolve({ read, firstByte }));
      response.on('error', reject);
    }).on('error', reject);
  });
}
