"use strict";
// Everything here is an addition: without it the page reads the same, with fewer conveniences.
(() => {
  const root = document.documentElement;
  root.classList.add("js");

  // Theme: the reader's choice, else the system's.
  const KEY = "neurocontrast-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const recall = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem(KEY, theme); } catch { /* a private window: kept until it closes */ } };
  const isDark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const chosen = recall();
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const themeButton = () => {
    const button = document.querySelector(".theme");
    const show = () => button.setAttribute("aria-pressed", String(isDark()));
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      keep(root.dataset.theme);
      show();
    });
    system.addEventListener("change", show);
    show();
  };

  // Contents: a drop-down on narrow screens; the section in view is marked.
  const contents = () => {
    const bar = document.querySelector(".bar");
    const button = bar.querySelector(".contents");
    const open = (state) => { bar.classList.toggle("open", state); button.setAttribute("aria-expanded", String(state)); };
    button.addEventListener("click", () => open(!bar.classList.contains("open")));
    bar.querySelector("nav").addEventListener("click", (event) => { if (event.target.closest("a")) open(false); });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && bar.classList.contains("open")) { open(false); button.focus(); }
    });
    document.addEventListener("click", (event) => { if (!bar.contains(event.target)) open(false); });
    const links = new Map(all("nav a", bar).map((link) => [link.hash.slice(1), link]));
    const mark = () => {
      const passed = all("main section").filter((section) => section.getBoundingClientRect().top < innerHeight * 0.3);
      const now = passed.length ? passed[passed.length - 1].id : "";
      links.forEach((link, id) => (id === now ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    };
    let waiting = false;
    addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; mark(); });
    }, { passive: true });
    mark();
  };

  // Tables: a head is a button that sorts; what has no value comes last.
  const cellKey = (cell) => (cell.dataset.sort !== undefined ? cell.dataset.sort : cell.textContent.trim());
  const asNumber = (text) => (text === "" ? NaN : text === "inf" ? Infinity : text === "-inf" ? -Infinity : Number(text));
  const order = (table, place, direction) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const numeric = table.tHead.rows[0].cells[place].classList.contains("num");
    const keyed = rows.map((row) => {
      const cell = row.cells[place];
      const text = cellKey(cell);
      return { row, value: numeric || cell.dataset.sort !== undefined ? asNumber(text) : NaN, text };
    });
    const byNumber = numeric || keyed.every((k) => !Number.isNaN(k.value));
    keyed.sort((a, b) => {
      if (!byNumber) return direction * a.text.localeCompare(b.text, "en", { numeric: true });
      const lost = Number.isNaN(a.value) - Number.isNaN(b.value);
      if (lost || Number.isNaN(a.value)) return lost;
      return a.value === b.value ? 0 : direction * (a.value < b.value ? -1 : 1);
    });
    body.append(...keyed.map((k) => k.row));
  };
  const sortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const first = head.classList.contains("num") ? "descending" : "ascending";
        const other = first === "ascending" ? "descending" : "ascending";
        const next = head.getAttribute("aria-sort") === first ? other : first;
        heads.forEach((h) => h.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", next);
        order(table, place, next === "ascending" ? 1 : -1);
      });
    });
    [...table.tBodies[0].rows].forEach((row, place) => { row.dataset.place = place; });
  };

  // Only what scrolls needs to be reached by the keyboard.
  const reachScrollers = () => {
    const watch = new ResizeObserver((entries) => entries.forEach(({ target }) => {
      const scrolls = target.scrollWidth > target.clientWidth + 1 || target.scrollHeight > target.clientHeight + 1;
      scrolls ? target.setAttribute("tabindex", "0") : target.removeAttribute("tabindex");
    }));
    all(".scroll, pre").forEach((box) => watch.observe(box));
  };

  // Figures: series on and off, tooltips, and what can be saved.
  const toggles = (exhibit) => all("[data-toggle]", exhibit).forEach((button) => button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    all("[data-series]", exhibit).forEach((group) => {
      if (group.dataset.series === button.dataset.toggle) group.classList.toggle("off", !on);
    });
  }));
  const tooltips = () => {
    const tip = document.querySelector(".tip");
    const hide = () => { tip.style.visibility = "hidden"; };
    document.addEventListener("pointermove", (event) => {
      const marked = event.target instanceof Element && event.target.closest(".plot [data-tip]:not(.off)");
      if (!marked) return hide();
      tip.textContent = marked.dataset.tip;
      const box = tip.getBoundingClientRect();
      tip.style.left = `${Math.max(6, Math.min(event.clientX + 12, innerWidth - box.width - 6))}px`;
      tip.style.top = `${event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 9 : event.clientY + 18}px`;
      tip.style.visibility = "visible";
    });
    document.addEventListener("pointerleave", hide);
    addEventListener("scroll", hide, { passive: true });
  };

  // A saved figure is always the light one: each variable carries the light colour as its fallback.
  const figureText = (exhibit, ground) => {
    const copy = exhibit.querySelector(".plot svg").cloneNode(true);
    all("[data-tip]", copy).forEach((group) => {
      const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
      title.textContent = group.dataset.tip;
      group.prepend(title);
      group.removeAttribute("data-tip");
    });
    all(".off", copy).forEach((group) => group.remove());
    if (ground) {
      const sheet = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const [x, y, width, height] = copy.getAttribute("viewBox").split(/[\s,]+/);
      Object.entries({ x, y, width, height, fill: "#FFFFFF" }).forEach(([name, value]) => sheet.setAttribute(name, value));
      copy.prepend(sheet);
    }
    const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
    style.textContent = "*{stroke-linejoin:round;stroke-linecap:butt}";
    copy.prepend(style);
    return new XMLSerializer().serializeToString(copy).replace(/var\(--[\w-]+,\s*(#[0-9A-Fa-f]{6})\)/g, "$1");
  };
  const csvText = (table) => {
    const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const heads = [...table.tHead.rows[0].cells];
    const line = (cells, own) => cells.flatMap((cell, place) => {
      const shown = heads[place].dataset.csvShown !== undefined;
      return shown ? [own(cell), cell.dataset.csvShown ?? words(cell)] : [own(cell)];
    }).map(quoted).join(",");
    const words = (cell) => {
      const copy = cell.cloneNode(true);
      all(".status", copy).forEach((status) => status.remove());
      return copy.textContent;
    };
    // As it was written, whatever it is sorted by now.
    const rows = [...table.tBodies[0].rows].sort((a, b) => (a.dataset.place ?? 0) - (b.dataset.place ?? 0));
    const lines = rows.map((row) => line([...row.cells], (cell) => cell.dataset.csv ?? words(cell)));
    return [line(heads, (head) => head.dataset.csv), ...lines].join("\n") + "\n";
  };
  const save = (name, blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const savePng = (exhibit, name) => {
    const picture = new Image();
    const svg = exhibit.querySelector(".plot svg");
    const [width, height] = ["width", "height"].map((side) => Number(svg.getAttribute(side)));
    picture.onload = () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [Math.round(width * 2), Math.round(height * 2)];
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => (blob ? save(name, blob) : say("This browser could not draw the PNG; the SVG can be saved")));
    };
    picture.onerror = () => say("This browser could not draw the PNG; the SVG can be saved");
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(figureText(exhibit, true))}`;
  };
  const say = (text) => {
    const toast = document.querySelector(".toast");
    toast.textContent = text;
    clearTimeout(say.later);
    say.later = setTimeout(() => { toast.textContent = ""; }, 4000);
  };
  const copyLink = async (anchor) => {
    const address = location.href.split("#")[0] + "#" + anchor;
    history.replaceState(null, "", "#" + anchor);
    try {
      await navigator.clipboard.writeText(address);
      say("Link copied");
    } catch {
      say("The link is in the address bar");
    }
  };
  const actions = {
    svg: (exhibit, name) => save(`${name}.svg`, new Blob([figureText(exhibit, false)], { type: "image/svg+xml" })),
    png: (exhibit, name) => savePng(exhibit, `${name}.png`),
    csv: (exhibit, name) => save(`${name}.csv`, new Blob([csvText(exhibit.querySelector("table"))], { type: "text/csv" })),
    code: (exhibit, name) => save(`${name}.py`, new Blob([exhibit.querySelector(".behind pre").textContent + "\n"], { type: "text/x-python" })),
    link: (exhibit, name) => copyLink(name),
  };
  const menus = () => {
    const close = (except) => all(".menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      close(button ? null : event.target.closest(".menu"));
      if (!button) return;
      const exhibit = button.closest(".exhibit");
      actions[button.dataset.do](exhibit, exhibit.dataset.anchor);
      button.closest(".menu").querySelector("summary").focus();
    });
    document.addEventListener("keydown", (event) => {
      const menu = event.key === "Escape" && document.querySelector(".menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    themeButton();
    contents();
    all("table[data-sortable]").forEach(sortable);
    all(".exhibit").forEach(toggles);
    reachScrollers();
    tooltips();
    menus();
  });
})();
