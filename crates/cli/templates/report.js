"use strict";
for (const table of document.querySelectorAll("table.rows")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const value = (row, at) => row.cells[at].dataset.sort ?? row.cells[at].textContent.trim();
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const sort = (at, direction) => {
    const numeric = heads[at].classList.contains("number");
    const rows = [...body.rows].map((row) => [value(row, at), row]);
    rows.sort(([one], [other]) => {
      if (one === "" || other === "") return (one === "") - (other === "");
      return direction * (numeric ? one - other : order.compare(one, other));
    });
    body.append(...rows.map(([, row]) => row));
    heads.forEach((head, n) => head.setAttribute("aria-sort", n !== at ? "none" : direction > 0 ? "ascending" : "descending"));
    by.value = String(at);
    show();
  };
  const tools = document.createElement("div");
  tools.className = "tools";
  const labelled = (text, control, className) => {
    const label = document.createElement("label");
    label.textContent = text;
    label.className = className;
    label.append(control);
    tools.append(label);
    return control;
  };
  const filter = labelled("Filter rows", document.createElement("input"), "");
  filter.type = "search";
  const by = labelled("Sort by", document.createElement("select"), "by");
  const shown = tools.appendChild(document.createElement("output"));
  // On a phone a table is a list of cards, so only the first ones are shown until somebody asks for all.
  const all = document.createElement("button");
  all.type = "button";
  all.className = "all";
  let few = 20;
  const show = () => {
    const open = [...body.rows].filter((row) => !row.hidden);
    open.forEach((row, at) => row.classList.toggle("later", at >= few));
    all.hidden = open.length <= few;
    all.textContent = `Show all ${open.length}`;
    shown.textContent = open.length === body.rows.length ? `${open.length} rows` : `${open.length} of ${body.rows.length} rows`;
  };
  all.addEventListener("click", () => {
    few = Infinity;
    show();
  });
  by.add(new Option("as listed", ""));
  heads.forEach((head, at) => {
    if (head.dataset.fixed !== undefined) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(at, head.getAttribute("aria-sort") === "ascending" ? -1 : 1));
    head.replaceChildren(button);
    by.add(new Option(button.textContent, String(at)));
  });
  by.addEventListener("change", () => by.value !== "" && sort(Number(by.value), 1));
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    show();
  });
  table.parentElement.before(tools);
  table.parentElement.after(all);
  show();
}
