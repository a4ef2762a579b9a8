/* The one map: its list and the map point at each other; without it both still work as links. */
(function () {
  "use strict";

  function mark(root, code, scroll) {
    Array.prototype.forEach.call(root.querySelectorAll(".gp-one-list a"), function (link) {
      if (link.dataset.code === code) {
        link.setAttribute("data-chosen", "");
        if (scroll) { link.parentNode.parentNode.scrollTop = link.offsetTop - link.parentNode.parentNode.offsetTop - 60; }
      } else {
        link.removeAttribute("data-chosen");
      }
    });
  }

  function outline(map, code) {
    var layer = map && map.layers[code];
    if (map && map.hinted && map.hinted.getElement()) { map.hinted.getElement().classList.remove("gp-cell-chosen"); }
    if (layer && layer.getElement && layer.getElement()) {
      layer.bringToFront();
      layer.getElement().classList.add("gp-cell-chosen");
      map.hinted = layer;
    }
  }

  function start(root) {
    var node = root.querySelector("[data-gp-map]");
    root.addEventListener("gp:cell", function (event) { mark(root, event.detail.code, true); });
    Array.prototype.forEach.call(root.querySelectorAll(".gp-one-list a"), function (link) {
      ["mouseenter", "focus"].forEach(function (name) {
        link.addEventListener(name, function () { outline(node.gridMap, link.dataset.code); });
      });
    });
    if (!root.dataset.pick) { return; }
    var tries = 0;
    var timer = window.setInterval(function () {
      tries += 1;
      if (node.dataset.ready || tries > 100) { window.clearInterval(timer); }
      if (node.dataset.ready === "1") { node.gridMap.choose(root.dataset.pick, true); }
    }, 100);
  }

  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll("[data-gp-one-map]"), start);
  });
})();
