/* Small improvements over plain pages: menus, toasts, bulk choice, photo previews, double-send guard. */
(function () {
  "use strict";

  var LONG_SIDE = 1600; // pixels; enough to read a door plate, small enough for a village network
  var JPEG_QUALITY = 0.82;
  var SHRINK_FROM = 6000000; // bytes
  var TOAST_MS = 6000;
  var shrunk = new WeakSet();

  function texts() {
    var node = document.getElementById("gp-texts");
    return node ? node.dataset : {};
  }

  function each(root, selector, action) {
    Array.prototype.forEach.call(root.querySelectorAll(selector), action);
  }

  /* Toasts */
  function armToast(toast) {
    if (toast.dataset.armed) { return; }
    toast.dataset.armed = "1";
    var close = document.createElement("button");
    close.type = "button";
    close.className = "gp-toast-close";
    close.setAttribute("aria-label", texts().close || "×");
    close.textContent = "×";
    close.addEventListener("click", function () { toast.remove(); });
    toast.appendChild(close);
    if (!toast.classList.contains("gp-toast-error")) {
      window.setTimeout(function () { toast.remove(); }, TOAST_MS);
    }
  }

  function showToast(level, text) {
    var region = document.getElementById("toasts");
    if (!region || !text) { return; }
    var toast = document.createElement("div");
    toast.className = "gp-toast gp-toast-" + level;
    var words = document.createElement("span");
    words.textContent = text;
    toast.appendChild(words);
    region.appendChild(toast);
    armToast(toast);
  }

  /* Menus made of details: one open at a time, Escape and outside taps close them. */
  function closeMenus(except) {
    each(document, "details.gp-menu[open], details.gp-filter-more[open]", function (menu) {
      if (menu !== except && !(except && menu.contains(except))) { menu.open = false; }
    });
  }

  document.addEventListener("click", function (event) {
    var inside = event.target.closest ? event.target.closest("details.gp-menu, details.gp-filter-more") : null;
    closeMenus(inside);
    if (event.target.closest && event.target.closest("[data-gp-print]")) { window.print(); }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    var open = document.querySelector("details.gp-menu[open], details.gp-filter-more[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  /* A form is sent once: the second tap on a slow line would make a second request. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) { return; }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    window.setTimeout(function () { delete form.dataset.sent; }, 8000);
    if (event.submitter) { event.submitter.setAttribute("aria-busy", "true"); }
  });
  window.addEventListener("pageshow", function () {
    each(document, "form[data-sent]", function (form) { delete form.dataset.sent; });
    each(document, "[aria-busy=true]", function (node) { node.removeAttribute("aria-busy"); });
  });

  /* Bulk choice */
  var lastPick = null;

  /* How many of the picked rows allow each move; a move that none allows cannot be pressed. */
  function countMoves(form, bar, chosen, whole) {
    each(bar, "button[name=verb]", function (button) {
      var note = button.querySelector("[data-gp-bulk-n]");
      var may = 0;
      each(form, "[data-gp-pick]:checked", function (pick) {
        if ((" " + (pick.dataset.gpMoves || "") + " ").indexOf(" " + button.value + " ") >= 0) { may += 1; }
      });
      button.disabled = may === 0 && !whole;
      if (note) { note.textContent = whole || may === chosen ? "" : may + "/" + chosen; }
    });
  }

  function armBulk(root) {
    each(root, "[data-gp-bulk]", function (bar) {
      if (bar.closest("form")) { countPicks(bar.closest("form")); }
    });
  }

  /* With Shift, everything between the last box and this one follows it. */
  document.addEventListener("click", function (event) {
    var box = event.target;
    if (!box.matches || !box.matches("[data-gp-pick]")) { return; }
    var form = box.closest("form");
    var picks = form ? Array.prototype.slice.call(form.querySelectorAll("[data-gp-pick]")) : [];
    var from = picks.indexOf(lastPick);
    var to = picks.indexOf(box);
    if (event.shiftKey && from >= 0) {
      picks.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(function (pick) { pick.checked = box.checked; });
      countPicks(form);
    }
    lastPick = box;
  });
  function countPicks(form) {
    var picks = form.querySelectorAll("[data-gp-pick]");
    var chosen = form.querySelectorAll("[data-gp-pick]:checked").length;
    var bar = form.querySelector("[data-gp-bulk]");
    var all = form.querySelector("[data-gp-pick-all]");
    var whole = form.querySelector("[data-gp-whole]");
    if (bar) {
      bar.hidden = chosen === 0;
      bar.dataset.ready = "1";
      bar.querySelector("[data-gp-bulk-count]").textContent = String(chosen);
      countMoves(form, bar, chosen, whole !== null && whole.checked);
    }
    if (all) {
      all.checked = chosen > 0 && chosen === picks.length;
      all.indeterminate = chosen > 0 && chosen < picks.length;
    }
  }

  document.addEventListener("change", function (event) {
    var box = event.target;
    if (!box.matches) { return; }
    var form = box.closest("form");
    if (form && box.matches("[data-gp-pick-all]")) {
      each(form, "[data-gp-pick]", function (pick) { pick.checked = box.checked; });
    }
    if (form && box.matches("[data-gp-pick], [data-gp-pick-all], [data-gp-whole]")) { countPicks(form); }
    if (box.matches("[data-gp-files] > input[type=file]")) { takeFiles(box); }
  });

  /* Photos: previews, removal, and a smaller copy before sending. */
  function shrink(file) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || !window.createImageBitmap) { return Promise.resolve(file); }
    return window.createImageBitmap(file).then(function (bitmap) {
      var scale = LONG_SIDE / Math.max(bitmap.width, bitmap.height);
      // A redrawn picture loses the place and time in its EXIF block, so usual photos go as they are.
      if (scale >= 1 || file.size < SHRINK_FROM) { return file; }
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(bitmap.width * scale);
      canvas.height = Math.round(bitmap.height * scale);
      canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      return new Promise(function (done) {
        canvas.toBlob(function (blob) {
          if (!blob || blob.size >= file.size) { done(file); return; }
          var made = new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg", lastModified: file.lastModified });
          shrunk.add(made);
          done(made);
        }, "image/jpeg", JPEG_QUALITY);
      });
    }).catch(function () { return file; });
  }

  function setFiles(input, files) {
    var transfer = new DataTransfer();
    files.forEach(function (file) { transfer.items.add(file); });
    input.files = transfer.files;
    showFiles(input);
  }

  function showFiles(input) {
    var list = input.parentNode.querySelector("[data-gp-files-list]");
    list.textContent = "";
    Array.prototype.forEach.call(input.files, function (file, index) {
      var item = document.createElement("li");
      if (/^image\//.test(file.type)) {
        var picture = document.createElement("img");
        picture.alt = file.name;
        picture.src = URL.createObjectURL(file);
        picture.addEventListener("load", function () { URL.revokeObjectURL(picture.src); });
        item.appendChild(picture);
      }
      var note = document.createElement("small");
      note.textContent = file.name + " · " + Math.max(1, Math.round(file.size / 1024)) + " kB" + (shrunk.has(file) ? " · " + texts().shrunk : "");
      item.appendChild(note);
      var remove = document.createElement("button");
      remove.type = "button";
      remove.className = "gp-file-remove";
      remove.setAttribute("aria-label", (texts().remove || "×") + " " + file.name);
      remove.textContent = "×";
      remove.addEventListener("click", function () {
        setFiles(input, Array.prototype.filter.call(input.files, function (_, at) { return at !== index; }));
      });
      item.appendChild(remove);
      list.appendChild(item);
    });
  }

  function takeFiles(input) {
    var files = Array.prototype.slice.call(input.files);
    showFiles(input);
    Promise.all(files.map(shrink)).then(function (made) { setFiles(input, made); });
  }

  /* HTMX: the bar at the top, and a word when something fails. */
  function busy(on) {
    var bar = document.getElementById("progress");
    if (bar) { bar.classList.toggle("gp-busy", on); }
  }

  document.addEventListener("htmx:beforeRequest", function () { busy(true); });
  document.addEventListener("htmx:afterRequest", function () { busy(false); });
  document.addEventListener("htmx:sendError", function () { showToast("error", texts().network); });
  document.addEventListener("htmx:responseError", function (event) {
    var said = event.detail.xhr.getResponseHeader("X-Refusal");
    showToast("error", said ? decodeURIComponent(said) : texts().failed);
  });
  document.addEventListener("toast", function (event) {
    var detail = event.detail || {};
    showToast(detail.level || "info", detail.text);
  });
  document.addEventListener("htmx:afterSettle", function (event) { prepare(event.target); });

  function prepare(root) {
    each(root, "[data-gp-toast]", armToast);
    armBulk(root);
    var wrong = root.querySelector("[data-gp-focus]");
    if (wrong) { wrong.focus(); }
  }

  function start() { prepare(document); }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
  window.gridpact = { toast: showToast };
})();
