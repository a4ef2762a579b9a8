/* Placing an order: words are kept in this browser until they have arrived, and the phone says where it is. */
(function () {
  "use strict";

  var KEY = "gridpact-draft";
  var KEPT_MS = 24 * 3600 * 1000;
  // Never name or phone: others may use this phone, too.
  var FIELDS = ["text", "address", "cell"];

  function toast(level, text) {
    if (window.gridpact) { window.gridpact.toast(level, text); }
  }

  function load() {
    try {
      var draft = JSON.parse(window.localStorage.getItem(KEY) || "null");
      return draft && Date.now() - draft.at < KEPT_MS ? draft : null;
    } catch (error) { return null; }
  }

  function forget() {
    try { window.localStorage.removeItem(KEY); } catch (error) { /* a browser that keeps nothing */ }
  }

  function save(form) {
    var draft = { at: Date.now() };
    FIELDS.forEach(function (name) { draft[name] = form.elements[name] ? form.elements[name].value : ""; });
    try {
      if (draft.text) { window.localStorage.setItem(KEY, JSON.stringify(draft)); } else { forget(); }
    } catch (error) { /* full or forbidden: the form works without */ }
  }

  function restore(form) {
    var draft = load();
    if (!draft || !draft.text || form.elements.text.value) { return; }
    FIELDS.forEach(function (name) {
      var field = form.elements[name];
      if (field && !field.value && draft[name]) { field.value = draft[name]; }
    });
    toast("info", form.dataset.textRestored);
  }

  function keepDraft(form) {
    restore(form);
    form.addEventListener("input", function () { save(form); });
    form.addEventListener("submit", function (event) {
      save(form);
      if (navigator.onLine === false) {
        event.preventDefault();
        toast("error", form.dataset.textOffline);
      }
    }, true);
  }

  function here(button) {
    var form = button.closest("form");
    var said = form.querySelector("[data-pub-here-said]");
    function fill(lon, lat, datum) {
      form.elements.lon.value = lon;
      form.elements.lat.value = lat;
      form.elements.datum.value = datum;
    }
    button.disabled = !navigator.geolocation;
    button.addEventListener("click", function () {
      navigator.geolocation.getCurrentPosition(function (found) {
        var lon = found.coords.longitude.toFixed(6);
        var lat = found.coords.latitude.toFixed(6);
        window.fetch("/api/v1/cells/locate?datum=wgs84&lon=" + lon + "&lat=" + lat).then(function (answer) {
          if (!answer.ok) { throw new Error(String(answer.status)); }
          return answer.json();
        }).then(function (answer) {
          fill(lon, lat, "wgs84");
          said.textContent = answer.path.map(function (one) { return one.name; }).join(" › ");
        }).catch(function () {
          fill("", "", "");
          said.textContent = button.dataset.textOutside;
        });
      }, function () { said.textContent = button.dataset.textNone; }, { enableHighAccuracy: true, timeout: 10000 });
    });
  }

  function start() {
    if (document.querySelector("[data-pub-sent]")) { forget(); }
    Array.prototype.forEach.call(document.querySelectorAll("form[data-pub-draft]"), keepDraft);
    Array.prototype.forEach.call(document.querySelectorAll("[data-pub-here]"), here);
  }

  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
})();
