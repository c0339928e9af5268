// Looks through photographs under their maps or masks: shows what is in view, keeps marks, saves decisions.
(function () {
  'use strict';

  const byId = (id) => document.getElementById(id);
  const page = JSON.parse(byId('data').textContent);
  const hasThreshold = page.kind === 'maps';
  const MARKS = { good: 'Good', bad: 'Bad', leaveOut: 'Leave out' };
  const VIEWS = Array.from(byId('view').options, (option) => option.value);
  const memory = 'wsss-review/' + page.key;

  const on = page.classes.map(() => true);
  const listed = page.classes.map((_, c) => c).filter((c) => page.images.some((image) => image.classes.includes(c)));
  const grid = byId('cards');
  let hundredths = 30; // the threshold
  let shown = []; // cards that the filter lets through, in their order
  let current = null;
  let view = 'mask';

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  const rgb = (color) => 'rgb(' + color.join(' ') + ')';

  // ---- Drawing ----

  // Red, green and blue of background and of each class as ImageData's bytes, read as one number.
  const colors = Uint32Array.from([[0, 0, 0], ...page.classes.map((entry) => entry.color)], ([r, g, b]) => r | g << 8 | b << 16);
  const find = hasThreshold ? window.reviewDrawing.findStrongest : window.reviewDrawing.findLabels;

  function draw(card) {
    if (!card.bytes || view === 'photo') return;
    const threshold = hasThreshold ? hundredths / 100 : null;
    window.reviewDrawing.draw(card, { colors, threshold, opacity: byId('opacity').value / 100, soft: view === 'maps' });
  }

  let drawing = false;
  function drawVisible() {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      cards.filter((card) => card.visible).forEach((card) => { draw(card); showDoubt(card); });
    });
  }

  // Each image's maps are a script beside the page, which calls this: pages that are opened as files may not fetch.
  window.receiveMaps = function (number, base64) {
    const card = cards[number];
    const packed = new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]);
    new Response(packed.stream().pipeThrough(new DecompressionStream('deflate'))).arrayBuffer().then((buffer) => {
      if (!card.visible) return;
      const [width, height] = card.image.shown, pixels = width * height;
      Object.assign(card, { bytes: new Uint8Array(buffer), labels: new Uint16Array(pixels), scores: new Uint8Array(pixels), mask: new Uint16Array(pixels) });
      Object.assign(card.canvas, { width, height });
      find(card, on);
      draw(card);
    }).catch(() => fail(card));
  };

  function fail(card) {
    card.element.dataset.error = 'review-maps/' + card.number + '.js cannot be read';
  }

  function load(card) {
    card.visible = true;
    card.photograph.src = 'review-photographs/' + card.number + '.jpg';
    showDoubt(card);
    const script = document.createElement('script');
    script.onload = () => script.remove();
    script.onerror = () => { script.remove(); fail(card); };
    script.src = 'review-maps/' + card.number + '.js';
    document.head.append(script);
  }

  // What is out of sight keeps no memory.
  function unload(card) {
    card.visible = false;
    card.bytes = card.labels = card.scores = card.mask = null;
    card.canvas.width = card.canvas.height = 0;
  }

  // ---- Cards ----

  function build(image, number) {
    const element = make('li', 'card'), stage = make('div', 'stage'), frame = make('div', 'frame'), marks = make('div', 'marks');
    const photograph = make('img'), canvas = make('canvas'), name = make('p', 'name'), labels = make('p', 'labels'), doubt = make('span', 'doubt');
    const card = { image, number, element, photograph, canvas, doubt, mark: null, visible: false, bytes: null, buttons: {} };
    element.tabIndex = -1;
    element.dataset.number = number;
    photograph.alt = '';
    canvas.width = canvas.height = 0;
    frame.style.setProperty('--ratio', image.size[0] / image.size[1]);
    frame.append(photograph, canvas);
    stage.append(frame);
    name.append(make('bdi', '', image.id));
    name.title = image.id;
    image.classes.forEach((c) => {
      const label = make('span', 'label'), swatch = make('i', 'swatch');
      swatch.style.background = rgb(page.classes[c].color);
      label.append(swatch, make('bdi', '', page.classes[c].name));
      labels.append(label);
    });
    labels.append(doubt);
    Object.keys(MARKS).forEach((mark) => {
      const button = card.buttons[mark] = make('button', mark, MARKS[mark]);
      button.type = 'button';
      button.addEventListener('click', () => setMark(card, mark));
      marks.append(button);
    });
    element.append(stage, name, labels, marks);
    element.addEventListener('pointerdown', () => choose(card));
    element.addEventListener('focusin', () => choose(card));
    showMark(card);
    return card;
  }

  function doubtOf(card) {
    return hasThreshold ? card.image.near[hundredths] / 1000 : card.image.doubt ?? 0;
  }

  function showDoubt(card) {
    if (hasThreshold || card.image.doubt !== undefined) card.doubt.textContent = (100 * doubtOf(card)).toFixed(1) + ' % doubt';
  }

  function showMark(card) {
    card.element.dataset.mark = card.mark ?? '';
    Object.keys(MARKS).forEach((mark) => card.buttons[mark].setAttribute('aria-pressed', String(card.mark === mark)));
  }

  function setMark(card, mark) {
    card.mark = card.mark === mark ? null : mark;
    showMark(card);
    count();
    remember();
  }

  function count() {
    const of = (mark) => cards.filter((card) => card.mark === mark).length;
    byId('counts').textContent = of('good') + ' good · ' + of('bad') + ' bad · ' + of('leaveOut') + ' left out · ' + of(null) + ' unmarked';
  }

  // ---- Order, filter, and the card that keys act on ----

  const ORDERS = {
    given: (a, b) => a.number - b.number,
    doubt: (a, b) => doubtOf(b) - doubtOf(a) || a.number - b.number,
    name: (a, b) => a.image.id.localeCompare(b.image.id, 'en', { numeric: true }) || a.number - b.number,
    mark: (a, b) => rank(a) - rank(b) || a.number - b.number,
  };
  const rank = (card) => ['leaveOut', 'bad', 'good', null].indexOf(card.mark);

  function arrange() {
    const only = byId('only').value, focused = document.activeElement;
    shown = cards.filter((card) => only === '' || (card.mark ?? 'none') === only).sort(ORDERS[byId('order').value]);
    grid.replaceChildren(...shown.map((card) => card.element));
    byId('none').hidden = shown.length > 0;
    if (grid.contains(focused)) focused.focus({ preventScroll: true });
    if (!shown.includes(current)) choose(shown[0] ?? null);
  }

  function choose(card) {
    if (current === card) return;
    if (current) {
      current.element.removeAttribute('aria-current');
      current.element.tabIndex = -1;
    }
    current = card;
    if (!card) return;
    card.element.setAttribute('aria-current', 'true');
    card.element.tabIndex = 0;
  }

  function step(by) {
    if (shown.length === 0) return;
    const card = shown[Math.max(0, Math.min(shown.length - 1, shown.indexOf(current) + by))];
    choose(card);
    card.element.focus({ preventScroll: true });
    card.element.scrollIntoView({ block: 'nearest' });
  }

  const columns = () => getComputedStyle(grid).gridTemplateColumns.split(' ').length;

  // ---- Settings ----

  let settling = 0;
  function setThreshold(value) {
    hundredths = Math.max(0, Math.min(100, value));
    byId('threshold').value = hundredths;
    byId('threshold-value').textContent = (hundredths / 100).toFixed(2);
    drawVisible();
    // Cards change places when the threshold has come to rest, not under the hand that moves it.
    clearTimeout(settling);
    settling = setTimeout(() => {
      if (byId('order').value === 'doubt') arrange();
      remember();
    }, 400);
  }

  function setView(value) {
    view = document.body.dataset.view = byId('view').value = value;
    drawVisible();
    remember();
  }

  function setSize() {
    grid.style.setProperty('--card', byId('size').value + 'rem');
  }

  function setClass(c, value) {
    on[c] = value;
    switches.get(c).setAttribute('aria-pressed', String(value));
    cards.filter((card) => card.bytes && card.image.classes.includes(c)).forEach((card) => find(card, on));
    drawVisible();
  }

  function buildSwitch(c, place) {
    const button = make('button', 'class'), swatch = make('i', 'swatch');
    button.type = 'button';
    button.setAttribute('aria-pressed', 'true');
    swatch.style.background = rgb(page.classes[c].color);
    button.append(swatch);
    if (place < 9) button.append(make('kbd', '', String(place + 1)));
    button.append(make('bdi', '', page.classes[c].name), make('small', '', String(page.images.filter((image) => image.classes.includes(c)).length)));
    button.addEventListener('click', () => setClass(c, !on[c]));
    byId('classes').append(button);
    return button;
  }

  // ---- Decisions, kept and saved ----

  function decisions() {
    const of = (mark) => cards.filter((card) => card.mark === mark).map((card) => card.image.id);
    return { threshold: hasThreshold ? hundredths / 100 : null, leaveOut: of('leaveOut'), good: of('good'), bad: of('bad'), data: page.data };
  }

  function save() {
    const link = make('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify(decisions(), null, 2) + '\n'], { type: 'application/json' }));
    link.download = 'decisions.json';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // A browser may refuse to remember; then the page works for this visit.
  function remember() {
    const settings = { view, opacity: byId('opacity').value, size: byId('size').value };
    try { localStorage.setItem(memory, JSON.stringify({ ...decisions(), ...settings })); } catch { /* not remembered */ }
  }

  function recall() {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(memory)); } catch { /* nothing remembered */ }
    if (!kept) return;
    const numbers = new Map(page.images.map((image, number) => [image.id, number]));
    Object.keys(MARKS).forEach((mark) => (kept[mark] ?? []).filter((id) => numbers.has(id)).forEach((id) => {
      cards[numbers.get(id)].mark = mark;
      showMark(cards[numbers.get(id)]);
    }));
    byId('opacity').value = kept.opacity;
    byId('size').value = kept.size;
    if (hasThreshold && kept.threshold >= 0) setThreshold(Math.round(100 * kept.threshold));
    if (VIEWS.includes(kept.view)) setView(kept.view);
  }

  // ---- Keys ----

  const KEYS = {
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    ArrowUp: () => step(-columns()),
    ArrowDown: () => step(columns()),
    g: () => current && setMark(current, 'good'),
    b: () => current && setMark(current, 'bad'),
    x: () => current && setMark(current, 'leaveOut'),
    v: () => setView(VIEWS[(VIEWS.indexOf(view) + 1) % VIEWS.length]),
    s: save,
    0: () => listed.forEach((c) => setClass(c, true)),
    '[': () => hasThreshold && setThreshold(hundredths - 1),
    ']': () => hasThreshold && setThreshold(hundredths + 1),
    '?': () => byId('help').showModal(),
  };
  listed.slice(0, 9).forEach((c, place) => { KEYS[place + 1] = () => setClass(c, !on[c]); });

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open || !Object.hasOwn(KEYS, event.key)) return;
    // Sliders and lists need the arrows, and lists letters too.
    const at = event.target.tagName;
    if (at === 'SELECT' || (at === 'INPUT' && event.key.startsWith('Arrow'))) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  // ---- Start ----

  const switches = new Map(listed.map((c, place) => [c, buildSwitch(c, place)]));
  const cards = page.images.map(build);
  if (hasThreshold) byId('threshold').addEventListener('input', (event) => setThreshold(Number(event.target.value)));
  byId('opacity').addEventListener('input', () => { drawVisible(); remember(); });
  byId('size').addEventListener('input', () => { setSize(); remember(); });
  byId('view').addEventListener('change', (event) => setView(event.target.value));
  byId('order').addEventListener('change', arrange);
  byId('only').addEventListener('change', arrange);
  byId('save').addEventListener('click', save);
  byId('help-open').addEventListener('click', KEYS['?']);
  byId('help-close').addEventListener('click', () => byId('help').close());
  recall();
  setSize();
  arrange();
  count();
  const observer = new IntersectionObserver((entries) => entries.forEach((entry) => {
    const card = cards[entry.target.dataset.number];
    if (entry.isIntersecting === card.visible) return;
    if (entry.isIntersecting) load(card); else unload(card);
  }), { rootMargin: '300px' });
  cards.forEach((card) => observer.observe(card.element));
})();
