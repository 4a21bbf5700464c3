// Theme switch and read-out of large heatmaps. No angle brackets or ampersands here: the page is XML too.
(function () {
  var root = document.documentElement;
  var dark = matchMedia("(prefers-color-scheme: dark)");
  function stored(value) {
    try {
      if (value) localStorage.setItem("srpo-theme", value);
      return localStorage.getItem("srpo-theme");
    } catch (error) { return null; }
  }
  function theme() { return root.dataset.theme || (dark.matches ? "dark" : "light"); }
  var asked = new URLSearchParams(location.search).get("theme") || stored();
  if (asked === "dark" || asked === "light") root.dataset.theme = asked;

  document.addEventListener("DOMContentLoaded", function () {
    var button = document.getElementById("theme");
    function label() { button.textContent = theme() === "dark" ? "Light theme" : "Dark theme"; }
    button.hidden = false;
    button.addEventListener("click", function () {
      root.dataset.theme = theme() === "dark" ? "light" : "dark";
      stored(root.dataset.theme);
      label();
    });
    dark.addEventListener("change", label);
    label();

    var before;
    addEventListener("beforeprint", function () { before = root.dataset.theme; root.dataset.theme = "light"; });
    addEventListener("afterprint", function () { if (before) root.dataset.theme = before; else delete root.dataset.theme; });

    var tip = document.getElementById("tip");
    document.querySelectorAll("g.cells").forEach(function (cells) {
      var rows = JSON.parse(cells.dataset.rows);
      var columns = JSON.parse(cells.dataset.columns);
      var values = cells.dataset.values.split(" ");
      cells.addEventListener("pointermove", function (event) {
        var at = new DOMPoint(event.clientX, event.clientY).matrixTransform(cells.getScreenCTM().inverse());
        var row = Math.max(0, Math.min(rows.length - 1, Math.floor(at.y)));
        var column = Math.max(0, Math.min(columns.length - 1, Math.floor(at.x)));
        var value = values[row * columns.length + column].replace("-", "−");
        tip.textContent = rows[row] + " + " + columns[column] + ": " + (value === "x" ? "not played" : value);
        tip.style.display = "block";
        tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + "px";
        tip.style.top = Math.max(8, event.clientY - 36) + "px";
      });
      cells.addEventListener("pointerleave", function () { tip.style.display = "none"; });
    });
  });
})();
