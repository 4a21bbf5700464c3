// What pages of the dashboard need beside the script of reports: a click on a matrix, and what is new made alive.
(function () {
  "use strict";

  // A click on a cell tells the component of the pair.
  window.srpoDashboard = {
    enhance: function (element) {
      window.srpo.enhance(element || document);
    },
    // A figure and what is added to it: the element itself is looked at too.
    enhanceAround: function (element) {
      if (element && element.parentElement) window.srpo.enhance(element.parentElement);
    },
    isNarrow: function () {
      return matchMedia("(max-width: 44rem)").matches;
    },
    matrix: function (element, component) {
      element.addEventListener("click", function (event) {
        const cells = event.target.closest("g.cells");
        if (!cells) return;
        const cell = window.srpo.cellAt(cells, event);
        component.invokeMethodAsync("ChooseAsync", cell.row, cell.column);
      });
      element.dataset.chooses = "yes"; // for who waits for it, as tests do
    },
  };
})();
