// The rule of masks, lib/Wsss/Data/ThresholdRule.cs, on maps of 256 steps, and how a mask is drawn on a card's canvas.
(function () {
  'use strict';

  // The least value that is foreground, 256 if none is. Scores and thresholds are float32 in the library.
  function leastForeground(threshold) {
    let value = 0;
    while (value < 256 && Math.fround(value / 255) < Math.fround(threshold)) value++;
    return value;
  }

  // Which of the classes that are on is strongest at each pixel (0 none, c + 1 for class c), and how strong; of equal ones the lower.
  function findStrongest(card, on) {
    const { bytes, labels, scores } = card, pixels = labels.length;
    labels.fill(0);
    card.image.classes.forEach((c, k) => {
      if (!on[c]) return;
      for (let i = 0, at = k * pixels; i < pixels; i++, at++) {
        if (labels[i] !== 0 && bytes[at] <= scores[i]) continue;
        scores[i] = bytes[at];
        labels[i] = c + 1;
      }
    });
  }

  // The labels of a mask whose classes are on; what is ignored (255) is none.
  function findLabels(card, on) {
    card.bytes.forEach((label, i) => { card.labels[i] = on[label - 1] ? label : 0; });
  }

  // style: colors, a Uint32Array with ImageData's bytes of background and each class; opacity, 0…1; soft, whether the score is the
  // opacity; threshold, null for none.
  function draw(card, style) {
    const { labels, scores, mask } = card, [width, height] = card.image.shown;
    const least = style.soft || style.threshold === null ? 0 : leastForeground(style.threshold);
    const inside = Math.round(255 * style.opacity), edge = Math.min(255, 2 * inside);
    const picture = new ImageData(width, height), pixels = new Uint32Array(picture.data.buffer);
    for (let i = 0; i < mask.length; i++) mask[i] = scores[i] >= least ? labels[i] : 0;
    for (let i = 0, y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const label = mask[i];
        if (label === 0) continue;
        const isEdge = (x > 0 && mask[i - 1] !== label) || (x < width - 1 && mask[i + 1] !== label) ||
          (y > 0 && mask[i - width] !== label) || (y < height - 1 && mask[i + width] !== label);
        const alpha = style.soft ? Math.min(255, 2 * style.opacity * scores[i]) : isEdge ? edge : inside;
        pixels[i] = style.colors[label] | alpha << 24;
      }
    }
    card.canvas.getContext('2d').putImageData(picture, 0, 0);
  }

  window.reviewDrawing = { findStrongest, findLabels, draw };
})();
