// The field for pictures, made livelier: what is chosen or dropped is uploaded at once, and the order is dragged or
// moved by buttons. The numbers and ticks that work without this script stay in the form, unseen, and are sent.

const csrfToken = document.querySelector('meta[name="csrf-token"]').content;

class PictureField {
  constructor(root) {
    this.root = root;
    this.name = root.dataset.pictures;
    this.words = JSON.parse(root.dataset.words);
    this.list = root.querySelector("[data-list]");
    this.files = root.querySelector('input[type="file"]');
    this.drop = root.querySelector("[data-drop]");
    root.classList.add("has-script");
    root.querySelector("[data-drop-words]").hidden = false;
    for (const item of this.items()) this.liven(item);
    this.files.addEventListener("change", () => this.take(this.files.files));
    this.listenToDrops();
    this.renumber();
  }

  items = () => [...this.list.querySelectorAll("[data-picture]")];

  say(name, gaps = {}) {
    const text = this.words[name].replace(/\{(\w+)\}/g, (gap, key) => gaps[key] ?? gap);
    this.root.querySelector("[data-status]").textContent = text;
  }

  liven(item) {
    item.draggable = true;
    item.querySelector(".picture-moves").hidden = false;
    for (const button of item.querySelectorAll("[data-move]"))
      button.addEventListener("click", () => this.move(item, Number(button.dataset.move), button));
    item.querySelector("[data-remove]").addEventListener("click", () => this.remove(item));
    item.addEventListener("dragstart", (event) => {
      this.dragged = item;
      event.dataTransfer.effectAllowed = "move";
      item.classList.add("is-dragged");
    });
    item.addEventListener("dragend", () => {
      item.classList.remove("is-dragged");
      this.dragged = null;
      this.renumber();
    });
    item.addEventListener("dragover", (event) => {
      if (!this.dragged || this.dragged === item) return;
      event.preventDefault();
      const items = this.items();
      if (items.indexOf(this.dragged) < items.indexOf(item)) item.after(this.dragged);
      else item.before(this.dragged);
    });
  }

  listenToDrops() {
    for (const kind of ["dragover", "dragleave", "drop"])
      this.drop.addEventListener(kind, (event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        this.drop.classList.toggle("is-over", kind === "dragover");
        if (kind === "drop") this.take(event.dataTransfer.files);
      });
  }

  move(item, step, button) {
    const items = this.items();
    const other = items[items.indexOf(item) + step];
    if (!other) return;
    if (step < 0) other.before(item);
    else other.after(item);
    this.renumber();
    button.focus();
    this.say("moved");
  }

  remove(item) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    this.renumber();
    (next?.querySelector("[data-remove]") ?? this.files).focus();
    this.say("removed");
  }

  renumber() {
    const items = this.items();
    items.forEach((item, place) => {
      item.querySelector('input[type="number"]').value = place + 1;
      item.querySelector("img").alt = this.words.number.replace("{number}", place + 1);
    });
    this.root.querySelector("[data-none]").hidden = items.length > 0;
  }

  async take(files) {
    const chosen = [...files];
    if (!chosen.length) return;
    this.root.querySelector("[data-faults]").replaceChildren();
    this.say("uploading", { count: chosen.length });
    let added = 0;
    for (const file of chosen) added += await this.upload(file);
    this.files.value = ""; // or the form would send them again
    this.renumber();
    if (added) this.say("uploaded");
    else this.root.querySelector("[data-status]").textContent = "";
  }

  async upload(file) {
    const form = new FormData();
    form.set("name", this.name);
    form.set("number", this.items().length + 1);
    form.set("file", file);
    let answer;
    try {
      answer = await fetch(this.root.dataset.upload, {
        method: "POST", body: form, headers: { "X-CSRF-Token": csrfToken }, credentials: "same-origin",
      });
    } catch {
      return this.refuse(this.words.failed.replace("{name}", file.name));
    }
    if (answer.status !== 201) {
      const told = await answer.json().catch(() => ({}));
      return this.refuse(told.detail || this.words.failed.replace("{name}", file.name));
    }
    const made = document.createElement("template");
    made.innerHTML = await answer.text(); // our own page's, escaped there
    const item = made.content.querySelector("[data-picture]");
    const url = item.querySelector('input[type="hidden"]').value;
    if (this.items().some((known) => known.querySelector('input[type="hidden"]').value === url)) return 0;
    this.list.append(item);
    this.liven(item);
    return 1;
  }

  refuse(detail) {
    const fault = document.createElement("p");
    fault.className = "fault";
    fault.textContent = detail;
    this.root.querySelector("[data-faults]").append(fault);
    return 0;
  }
}

for (const root of document.querySelectorAll("[data-pictures]")) new PictureField(root);
