// Runs the network on a picture and makes of its maps what the library does: lib/Wsss/Localization/MapInference.cs at one scale with the
// mirrored image, lib/Wsss/Localization/GridMaps.cs, and the rule of masks, lib/Wsss/Data/ThresholdRule.cs.
(function () {
  'use strict';

  const page = JSON.parse(document.getElementById('data').textContent);
  const parts = {}; // base64 of zlib streams
  let session = null;

  // The parts are scripts beside the page, which call this: pages that are opened as files may not fetch.
  function receive(name, base64) { parts[name] = base64; }

  async function unpack(name) {
    if (!(name in parts)) throw new Error(name + '.js is missing');
    const letters = atob(parts[name]), bytes = new Uint8Array(letters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
    delete parts[name];
    return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).arrayBuffer());
  }

  async function start() {
    const [glue, assembly, model] = await Promise.all(['glue', 'assembly', 'model'].map(unpack));
    const address = URL.createObjectURL(new Blob([glue], { type: 'text/javascript' }));
    ort.env.wasm.numThreads = 1; // more need headers that a file has not
    ort.env.wasm.wasmPaths = { mjs: address };
    ort.env.wasm.wasmBinary = assembly;
    session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
    URL.revokeObjectURL(address);
  }

  // [2, 3, H, W]: the picture in 0…1 and its mirror image.
  function toInput({ width, height, data }) {
    const plane = width * height, input = new Float32Array(6 * plane);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        for (let c = 0; c < 3; c++) {
          const value = data[4 * i + c] / 255;
          input[c * plane + i] = value;
          input[(3 + c) * plane + y * width + width - 1 - x] = value;
        }
      }
    }
    return new ort.Tensor('float32', input, [2, 3, height, width]);
  }

  // [2, C, h, w] ≥ 0: maps after ReLU, or their softmax with the map of the background.
  function evidenceOf({ maps, background }) {
    const [views, classes, rows, columns] = maps.dims, cells = rows * columns, evidence = new Float32Array(maps.data.length);
    for (let n = 0; n < views; n++) {
      for (let i = 0; i < cells; i++) {
        const at = (c) => (n * classes + c) * cells + i;
        let sum = 1, most = 0;
        if (background) {
          most = background.data[n * cells + i];
          for (let c = 0; c < classes; c++) most = Math.max(most, maps.data[at(c)]);
          sum = Math.exp(background.data[n * cells + i] - most);
          for (let c = 0; c < classes; c++) sum += Math.exp(maps.data[at(c)] - most);
        }
        for (let c = 0; c < classes; c++) evidence[at(c)] = background ? Math.exp(maps.data[at(c)] - most) / sum : Math.max(0, maps.data[at(c)]);
      }
    }
    return evidence;
  }

  // For each of the pixels the cell at or before it, and the share of the next one; the outermost cells' values go on beyond them.
  function between(offset, cells, pixels) {
    return Array.from({ length: pixels }, (_, x) => {
      const at = Math.min(Math.max((x - offset) / page.stride, 0), cells - 1), below = Math.min(Math.floor(at), Math.max(0, cells - 2));
      return { below, share: at - below };
    });
  }

  // C maps [H, W] in 0…1, one after the other.
  function mapsOf(outputs, width, height) {
    const [, classes, rows, columns] = outputs.maps.dims, evidence = evidenceOf(outputs), pixels = width * height;
    const mirroredOffset = width - 1 - (page.offset + page.stride * (columns - 1));
    const across = [between(page.offset, columns, width), between(mirroredOffset, columns, width)], down = between(page.offset, rows, height);
    const maps = new Float32Array(classes * pixels), wide = new Float32Array(rows * width);
    for (let c = 0; c < classes; c++) {
      wide.fill(0);
      for (let view = 0; view < 2; view++) {
        const start = (view * classes + c) * rows * columns;
        for (let r = 0; r < rows; r++) {
          const cell = (k) => k >= columns ? 0 : evidence[start + r * columns + (view === 0 ? k : columns - 1 - k)];
          across[view].forEach(({ below, share }, x) => { wide[r * width + x] += (1 - share) * cell(below) + share * cell(below + 1); });
        }
      }
      let most = 1e-30;
      for (let y = 0, i = c * pixels; y < height; y++) {
        const { below, share } = down[y];
        for (let x = 0; x < width; x++, i++) {
          const next = below + 1 < rows ? wide[(below + 1) * width + x] : 0;
          maps[i] = (1 - share) * wide[below * width + x] + share * next;
          most = Math.max(most, maps[i]);
        }
      }
      for (let i = c * pixels; i < (c + 1) * pixels; i++) maps[i] /= most;
    }
    return maps;
  }

  // What the network makes of ImageData: scores 0…1 of the classes, and their maps.
  async function see(picture) {
    const outputs = await session.run({ images: toInput(picture) });
    const scores = Array.from(page.classes, (_, c) => 1 / (1 + Math.exp(-outputs.logits.data[c])));
    return { picture, scores, maps: mapsOf(outputs, picture.width, picture.height) };
  }

  // Labels: 0 background, c + 1 for class c. Of the classes that are on, the strongest; of equal ones the lower.
  function maskOf(seen, on, threshold) {
    const pixels = seen.picture.width * seen.picture.height, labels = new Uint8Array(pixels), best = new Float32Array(pixels).fill(-Infinity);
    on.forEach((isOn, c) => {
      if (!isOn) return;
      for (let i = 0, at = c * pixels; i < pixels; i++, at++) {
        if (seen.maps[at] > best[i]) { best[i] = seen.maps[at]; labels[i] = c + 1; }
      }
    });
    const least = Math.fround(threshold); // scores and thresholds are float32 in the library
    return labels.map((label, i) => best[i] >= least ? label : 0);
  }

  window.playNetwork = { receive, start, see, maskOf };
})();
