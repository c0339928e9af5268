// The page: pictures to pick or bring, classes to give or take, the threshold, and what they make of the maps.
(function () {
  'use strict';

  const byId = (id) => document.getElementById(id);
  const page = JSON.parse(byId('data').textContent);
  const on = page.classes.map(() => false);
  let seen = null; // what the network made of the picture that is shown
  let latest = 0; // number of the picture that was asked for last

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  const rgb = (color) => 'rgb(' + color.join(' ') + ')';
  const percent = (share) => (100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0) + ' %';
  const say = (text) => { byId('status').textContent = text; };

  // ---- Drawing ----

  function drawMask() {
    const { width, height } = seen.picture, labels = playNetwork.maskOf(seen, on, byId('threshold').value / 100);
    const image = new ImageData(width, height), counts = page.classes.map(() => 0);
    for (let i = 0, y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const label = labels[i];
        if (label === 0) continue;
        counts[label - 1]++;
        const isEdge = (x > 0 && labels[i - 1] !== label) || (x < width - 1 && labels[i + 1] !== label) ||
          (y > 0 && labels[i - width] !== label) || (y < height - 1 && labels[i + width] !== label);
        image.data.set([...page.classes[label - 1].color, isEdge ? 255 : 115], 4 * i);
      }
    }
    const mask = byId('mask');
    Object.assign(mask, { width, height });
    mask.getContext('2d').putImageData(image, 0, 0);
    seen.labels = labels;
    const shares = page.classes.map(({ name }, c) => on[c] ? name + ' ' + percent(counts[c] / labels.length) : '').filter(Boolean);
    say(shares.length === 0 ? 'No class is on, so the mask is empty.' : 'Mask: ' + shares.join(', ') + ' of the picture.');
  }

  // The picture in grey under the map in the class's colour.
  function drawMap(canvas, c) {
    const { width, height, data } = seen.picture, image = new ImageData(width, height), color = page.classes[c].color;
    for (let i = 0, at = c * width * height; i < width * height; i++, at++) {
      const grey = 0.75 * (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]), part = 0.9 * seen.maps[at];
      for (let k = 0; k < 3; k++) image.data[4 * i + k] = (1 - part) * grey + part * color[k];
      image.data[4 * i + 3] = 255;
    }
    Object.assign(canvas, { width, height });
    canvas.getContext('2d').putImageData(image, 0, 0);
  }

  function drawMaps() {
    byId('maps').replaceChildren(...page.classes.map(({ name, color }, c) => {
      if (!on[c]) return null;
      const figure = make('figure', 'map'), canvas = make('canvas'), caption = make('figcaption'), swatch = make('i', 'swatch');
      swatch.style.background = rgb(color);
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', 'Map of ' + name);
      caption.append(swatch, make('bdi', '', name));
      figure.append(canvas, caption);
      drawMap(canvas, c);
      return figure;
    }).filter(Boolean));
    byId('no-map').hidden = on.some(Boolean);
  }

  function draw() {
    byId('threshold-value').textContent = (byId('threshold').value / 100).toFixed(2);
    if (!seen) return;
    buttons.forEach((button, c) => {
      button.element.setAttribute('aria-pressed', on[c]);
      button.element.style.setProperty('--score', seen.scores[c]);
      button.score.textContent = percent(seen.scores[c]);
    });
    drawMask();
  }

  // ---- Classes ----

  const buttons = page.classes.map(({ name, color }, c) => {
    const element = make('button', 'class'), swatch = make('i', 'swatch'), score = make('span', 'score', '–');
    element.type = 'button';
    element.disabled = true;
    element.setAttribute('aria-pressed', false);
    element.style.setProperty('--color', rgb(color));
    swatch.style.background = rgb(color);
    element.append(swatch, make('bdi', 'name', name), score, make('i', 'share'));
    element.addEventListener('click', () => toggle(c));
    byId('classes').append(element);
    return { element, score };
  });

  function toggle(c) {
    if (!seen) return;
    on[c] = !on[c];
    draw();
    drawMaps();
  }

  // ---- Pictures ----

  async function show(source, description) {
    const number = ++latest;
    let picture;
    try {
      picture = await pixelsOf(source);
    } catch {
      say('This is no picture that the browser can read: ' + description + '.');
      return;
    }
    const result = await playNetwork.see(picture);
    if (number !== latest) return;
    seen = result;
    window.playNetwork.seen = seen;
    seen.scores.forEach((score, c) => { on[c] = score >= 0.5; });
    buttons.forEach(({ element }) => { element.disabled = false; });
    const canvas = byId('picture');
    Object.assign(canvas, { width: picture.width, height: picture.height });
    canvas.getContext('2d').putImageData(picture, 0, 0);
    canvas.setAttribute('aria-label', 'The picture: ' + description);
    byId('frame').style.setProperty('--ratio', picture.width / picture.height);
    draw();
    drawMaps();
  }

  // Its pixels as ImageData, no larger than the samples.
  async function pixelsOf(blob) {
    const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
    const scale = Math.min(1, page.side / Math.max(bitmap.width, bitmap.height));
    const canvas = make('canvas'), context = canvas.getContext('2d', { willReadFrequently: true });
    canvas.width = Math.max(1, Math.round(scale * bitmap.width));
    canvas.height = Math.max(1, Math.round(scale * bitmap.height));
    context.fillStyle = 'white'; // where the picture is transparent
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return context.getImageData(0, 0, canvas.width, canvas.height);
  }

  function blobOf(dataUrl) {
    const letters = atob(dataUrl.slice(dataUrl.indexOf(',') + 1));
    return new Blob([Uint8Array.from(letters, (letter) => letter.charCodeAt(0))], { type: 'image/png' });
  }

  page.samples.forEach(({ labels, picture }, number) => {
    const label = make('label', 'sample'), input = make('input'), image = make('img');
    const names = labels.map((c) => page.classes[c].name).join(', ') || 'none of the classes';
    Object.assign(input, { type: 'radio', name: 'sample', value: number, disabled: true });
    Object.assign(image, { src: picture, alt: 'Picture ' + (number + 1) + ': ' + names, title: names });
    input.addEventListener('change', () => show(blobOf(picture), names));
    label.append(input, image);
    byId('samples').append(label);
  });
  const samples = Array.from(byId('samples').querySelectorAll('input'));

  function showOwn(files) {
    const file = Array.from(files).find((one) => one.type.startsWith('image/')) ?? files[0];
    if (!file) return;
    samples.forEach((sample) => { sample.checked = false; });
    show(file, file.name);
  }

  // ---- What the reader does ----

  byId('threshold').addEventListener('input', draw);
  byId('file').addEventListener('change', (event) => showOwn(event.target.files));
  document.addEventListener('paste', (event) => showOwn(event.clipboardData.files));
  document.addEventListener('dragover', (event) => { event.preventDefault(); document.body.classList.add('dropping'); });
  document.addEventListener('dragleave', (event) => { if (!event.relatedTarget) document.body.classList.remove('dropping'); });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dropping');
    showOwn(event.dataTransfer.files);
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const slider = byId('threshold');
    if (event.key === '[') slider.stepDown();
    else if (event.key === ']') slider.stepUp();
    else if (/^[1-9]$/.test(event.key) && page.classes[event.key - 1]) { toggle(event.key - 1); return; }
    else return;
    draw();
  });

  // ---- Start ----

  draw();
  playNetwork.start().then(() => {
    samples.forEach((sample) => { sample.disabled = false; });
    samples[0].checked = true;
    samples[0].dispatchEvent(new Event('change'));
  }).catch((error) => say('The network cannot run here: ' + error.message));
})();
