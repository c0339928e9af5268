// The table of a comparison: sorts by a column, filters rows by their name, opens what belongs to a row.
(function () {
  'use strict';

  const table = document.getElementById('comparison');
  const body = table.tBodies[0];
  const rows = Array.from(body.querySelectorAll('tr.trial'));

  function detailOf(row) { return row.nextElementSibling; }

  function toggle(row) {
    const open = detailOf(row).hidden;
    detailOf(row).hidden = !open;
    row.querySelector('button').setAttribute('aria-expanded', String(open));
  }

  rows.forEach(function (row) {
    row.addEventListener('click', function () { toggle(row); });
  });

  Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
    head.querySelector('button').addEventListener('click', function () {
      // Names rise first, measures fall first: the best comes to the top.
      const falling = head.getAttribute('aria-sort') ? head.getAttribute('aria-sort') === 'ascending' : column > 0;
      Array.from(table.tHead.rows[0].cells).forEach(function (other) { other.removeAttribute('aria-sort'); });
      head.setAttribute('aria-sort', falling ? 'descending' : 'ascending');
      const sign = falling ? -1 : 1;
      const sorted = rows.map(function (row) { return { row: row, detail: detailOf(row), value: row.cells[column].dataset.value }; });
      sorted.sort(function (a, b) {
        if (a.value === '' || b.value === '') return (a.value === '' ? 1 : 0) - (b.value === '' ? 1 : 0);
        return column === 0 ? sign * a.value.localeCompare(b.value) : sign * (Number(a.value) - Number(b.value));
      });
      sorted.forEach(function (item) { body.append(item.row, item.detail); });
    });
  });

  const filter = document.getElementById('filter');
  filter.addEventListener('input', function () {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach(function (row) {
      const name = row.cells[0].dataset.value.toLowerCase();
      row.hidden = !words.every(function (word) { return name.includes(word); });
      if (row.hidden && !detailOf(row).hidden) toggle(row);
      shown += row.hidden ? 0 : 1;
    });
    document.getElementById('shown').textContent = shown + ' of ' + rows.length;
  });
})();
