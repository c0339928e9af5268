// The table of a comparison: filters rows by their name, opens what belongs to a row. report.js sorts it.
(function () {
  'use strict';

  const rows = Array.from(document.querySelectorAll('#comparison tr.trial'));

  function toggle(row) {
    const detail = row.nextElementSibling;
    detail.hidden = !detail.hidden;
    row.querySelector('button').setAttribute('aria-expanded', String(!detail.hidden));
  }

  rows.forEach(function (row) {
    row.addEventListener('click', function () { toggle(row); });
  });

  const filter = document.getElementById('filter');
  filter.addEventListener('input', function () {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach(function (row) {
      const name = row.cells[0].dataset.value.toLowerCase();
      row.hidden = !words.every(function (word) { return name.includes(word); });
      if (row.hidden && !row.nextElementSibling.hidden) toggle(row);
      shown += row.hidden ? 0 : 1;
    });
    document.getElementById('shown').textContent = shown + ' of ' + rows.length;
  });
})();
