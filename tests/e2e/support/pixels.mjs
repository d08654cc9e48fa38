// Reads screenshots: just enough PNG (8 bits, no interlace, as Chromium writes them) to ask how dark a region is.
import zlib from 'node:zlib';

/** Decodes a PNG into `{width, height, channels, data}`. */
export function decodePng(png) {
  let [at, header] = [8, null];
  const chunks = [];
  while (at < png.length) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = { width: body.readUInt32BE(0), height: body.readUInt32BE(4), channels: { 2: 3, 6: 4 }[body[9]] };
    if (type === 'IDAT') chunks.push(body);
    at += length + 12;
  }
  const { width, height, channels } = header;
  const raw = zlib.inflateSync(Buffer.concat(chunks));
  const stride = width * channels;
  const data = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const left = x >= channels ? data[y * stride + x - channels] : 0;
      const up = y > 0 ? data[(y - 1) * stride + x] : 0;
      const corner = y > 0 && x >= channels ? data[(y - 1) * stride + x - channels] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      data[y * stride + x] = (raw[y * (stride + 1) + 1 + x] + guess) & 255;
    }
  }
  return { width, height, channels, data };
}

function paeth(a, b, c) {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** Share (0 to 1) of the pixels of a region that are as good as black. The region is given in shares of the picture. */
export function blackShare(png, { top = 0, bottom = 1 } = {}) {
  const { width, height, channels, data } = decodePng(png);
  let [black, all] = [0, 0];
  for (let y = Math.floor(height * top); y < Math.floor(height * bottom); y += 2) {
    for (let x = 0; x < width; x += 2) {
      const at = (y * width + x) * channels;
      all += 1;
      if (Math.max(data[at], data[at + 1], data[at + 2]) < 12) black += 1;
    }
  }
  return black / all;
}
